"""Room 9: batches in, logits out: a stock Hugging Face backbone with graph-aware embeddings and heads."""

from kgpt.model.auto import KgptConfig
from kgpt.model.base import PartSettings, model_parts
from kgpt.model.checkpoint import LoadedModel, build_model, load_checkpoint, save_checkpoint
from kgpt.model.distance_bias import DistanceBiasSettings
from kgpt.model.entity_attention import EntityAttentionSettings
from kgpt.model.entity_fusion import EntityFusionSettings
from kgpt.model.graph_fusion import GraphFusionSettings
from kgpt.model.graph_positions import GraphPositionSettings
from kgpt.model.language_model import KgptModel
from kgpt.model.mention_pairs import MentionPairSettings
from kgpt.model.mention_positions import MentionPositionSettings
from kgpt.model.node_part import Nodes
from kgpt.model.settings import Architecture, BackboneSettings, LongContextSettings
from kgpt.model.triple_scorer import TripleScorerSettings

__all__ = [
    "Architecture",
    "BackboneSettings",
    "DistanceBiasSettings",
    "EntityAttentionSettings",
    "EntityFusionSettings",
    "GraphFusionSettings",
    "GraphPositionSettings",
    "KgptConfig",
    "KgptModel",
    "LoadedModel",
    "LongContextSettings",
    "MentionPairSettings",
    "MentionPositionSettings",
    "Nodes",
    "PartSettings",
    "TripleScorerSettings",
    "build_model",
    "load_checkpoint",
    "model_parts",
    "save_checkpoint",
]
