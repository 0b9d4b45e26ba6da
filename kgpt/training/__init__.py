"""Room 11: a model, a mixture and objectives in, a trained model out; exact resume, crash-safe checkpoints."""

from kgpt.training.settings import TrainingSettings
from kgpt.training.training import TENSORBOARD, TrainingResult, train

__all__ = ["TENSORBOARD", "TrainingResult", "TrainingSettings", "train"]
