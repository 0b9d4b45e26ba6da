"""How a model is trained: budget, optimiser, checkpoints."""

import os
from importlib.util import find_spec
from typing import Literal

from pydantic import Field, model_validator

from kgpt.config import Settings

Schedule = Literal["cosine", "linear", "constant", "inverse_sqrt", "warmup_stable_decay"]


class TrainingSettings(Settings):
    """One training run.

    Args:
        steps: optimiser steps.
        tokens_per_step: nodes read and words written a step, on average, in all processes together.
        accumulation: a step's sequences are read in so many parts, one after the other: less memory, the same step; but
            of ERNIE's alignment, ERICA's contrasts and CoLAKE's and KEPLER's choices, which are among a part's own
            entities, fewer.
        pack_to: sequences that allow it share rows of so many nodes; 0 packs none.
        optimizer: `adamw`, or `adafactor` with a constant scale (Shazeer and Stern, 2018; SKILL's with `schedule:
            constant` and a learning rate of 1e-3).
        learning_rate: peak of the schedule; null goes by the model's size (`kgpt.training.rate`).
        entity_learning_rate: peak for sparse entity tables, which have row-wise Adagrad; null takes `learning_rate`.
        schedule: what follows the linear warm-up: `cosine`, `linear` (both fall to 0), `constant`, `inverse_sqrt`, or
            `warmup_stable_decay` (constant, then the last fifth falls; Haegele et al., 2024).
        warmup_frac: share of the steps that warm up.
        weight_decay: of AdamW; biases, norms and embeddings have none.
        beta2: of AdamW.
        max_grad_norm: gradients are clipped to this (those of sparse tables are not).
        bf16: autocast to bfloat16.
        gradient_checkpointing: layers' activations are made again in the backward pass: less memory, a third slower.
        compile: the backbone's stack by torch.compile; runs are then repeatable, but not bit for bit those without it.
        data_workers: processes that make batches beside the training; 0 makes them in its own.
        checkpoint_every: steps between checkpoints; 0 keeps only the end.
        keep_checkpoints: how many stay, the newest.
        log_every: steps between points of the learning curve.
        report_to: where the Trainer also logs, by its own names (`tensorboard`, `wandb`, ..., `none`).
        probe_every: steps between two looks at what the model knows (a cloze probe on the graph); 0 never looks.
        patience: stop when so many looks in a row found nothing better; 0 trains to the end (arms that stop early are
            not trained at equal compute).
        num_threads: CPU threads of a process, part of what makes a run repeatable; 0 takes all cores.
    """

    steps: int = Field(default=1000, ge=1)
    tokens_per_step: int = Field(default=4096, ge=16)
    accumulation: int = Field(default=1, ge=1)
    pack_to: int = Field(default=0, ge=0)
    optimizer: Literal["adamw", "adafactor"] = "adamw"
    learning_rate: float | None = Field(default=None, gt=0)
    entity_learning_rate: float | None = Field(default=None, gt=0)
    schedule: Schedule = "cosine"
    warmup_frac: float = Field(default=0.05, ge=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    beta2: float = Field(default=0.98, gt=0, lt=1)
    max_grad_norm: float = Field(default=1.0, gt=0)
    bf16: bool = True
    gradient_checkpointing: bool = False
    compile: bool = False
    data_workers: int = Field(default=0, ge=0)
    checkpoint_every: int = Field(default=500, ge=0)
    keep_checkpoints: int = Field(default=1, ge=1)
    log_every: int = Field(default=10, ge=1)
    report_to: str = "tensorboard"
    probe_every: int = Field(default=0, ge=0)
    patience: int = Field(default=0, ge=0)
    num_threads: int = Field(default=2, ge=0)

    @model_validator(mode="after")
    def _looks_where_it_is_patient(self) -> "TrainingSettings":
        if self.patience and not self.probe_every:
            raise ValueError("patience counts looks at the probe, and probe_every is 0: set it, or patience to 0")
        return self

    @property
    def threads(self) -> int:
        """The threads to use."""
        return self.num_threads or os.cpu_count() or 1

    @property
    def loggers(self) -> str:
        """`report_to`, or `none` where it is TensorBoard and that is not installed."""
        return "none" if self.report_to == "tensorboard" and find_spec("tensorboard") is None else self.report_to
