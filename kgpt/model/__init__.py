"""Room 9: batches in, logits out: a stock Hugging Face backbone with graph-aware embeddings and heads."""

from kgpt.model.checkpoint import LoadedModel, build_model, load_checkpoint, save_checkpoint
from kgpt.model.language_model import KgptModel
from kgpt.model.settings import Architecture, BackboneSettings

__all__ = [
    "Architecture",
    "BackboneSettings",
    "KgptModel",
    "LoadedModel",
    "build_model",
    "load_checkpoint",
    "save_checkpoint",
]
