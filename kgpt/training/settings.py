"""How a model is trained: budget, optimiser, checkpoints."""

import os

from pydantic import Field

from kgpt.config import Settings


class TrainingSettings(Settings):
    """One training run.

    Args:
        steps: optimiser steps.
        tokens_per_step: nodes read and words written a step, on average.
        learning_rate: peak of the AdamW schedule (linear warm-up, cosine decay).
        warmup_frac: share of the steps that warm up.
        weight_decay: of AdamW.
        max_grad_norm: gradients are clipped to this.
        bf16: autocast to bfloat16.
        checkpoint_every: steps between checkpoints; 0 keeps only the end.
        log_every: steps between points of the learning curve.
        report_to: where the Trainer also logs, by its own names (`tensorboard`, `wandb`, ...).
        num_threads: CPU threads of a process, part of what makes a run repeatable; 0 takes all cores.
    """

    steps: int = Field(default=1000, ge=1)
    tokens_per_step: int = Field(default=4096, ge=16)
    learning_rate: float = Field(default=2e-3, gt=0)
    warmup_frac: float = Field(default=0.05, ge=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    bf16: bool = True
    checkpoint_every: int = Field(default=500, ge=0)
    log_every: int = Field(default=10, ge=1)
    report_to: str = "none"
    num_threads: int = Field(default=2, ge=0)

    @property
    def threads(self) -> int:
        """The threads to use."""
        return self.num_threads or os.cpu_count() or 1
