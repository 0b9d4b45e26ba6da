"""Room 9: batches in, logits out: a stock Hugging Face backbone with graph-aware embeddings and heads."""

from kgpt.model.auto import KgptConfig
from kgpt.model.base import PartSettings, model_parts
from kgpt.model.checkpoint import LoadedModel, build_model, load_checkpoint, save_checkpoint
from kgpt.model.language_model import KgptModel
from kgpt.model.node_part import Nodes
from kgpt.model.settings import Architecture, BackboneSettings, LongContextSettings

__all__ = [
    "Architecture",
    "BackboneSettings",
    "KgptConfig",
    "KgptModel",
    "LoadedModel",
    "LongContextSettings",
    "Nodes",
    "PartSettings",
    "build_model",
    "load_checkpoint",
    "model_parts",
    "save_checkpoint",
]
