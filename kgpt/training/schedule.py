"""The learning rate of a curriculum: every phase warms up and falls by itself, to and from its own peak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR
from transformers import get_scheduler

from kgpt.training.settings import TrainingSettings

FALL_FRAC = 0.2
_NAMES = {"constant": "constant_with_warmup"}


@dataclass(frozen=True, slots=True)
class PhaseRate:
    """A phase's steps and its peak rate; None takes the training's."""

    steps: int
    peak: float | None = None


def phased_schedule(
    optimizer: torch.optim.Optimizer, phases: Sequence[PhaseRate], settings: TrainingSettings, *, peak: float
) -> LambdaLR:
    """The schedule of `settings` once a phase.

    Args:
        optimizer: its groups' rates are scaled.
        phases: in order; the last goes on.
        settings: which schedule, and the share of a phase that warms up.
        peak: the rate that the optimiser's groups were made with.
    """
    scales = [_scale(phase.steps, settings) for phase in phases]
    firsts = [0, *accumulate(phase.steps for phase in phases)][:-1]

    def scale(step: int) -> float:
        number = int(np.searchsorted(firsts, step, side="right")) - 1
        own = scales[number](min(step - firsts[number], phases[number].steps))
        return own * (phases[number].peak or peak) / peak

    return LambdaLR(optimizer, scale)


def schedule_name(settings: TrainingSettings) -> str:
    """What transformers calls the schedule."""
    return _NAMES.get(settings.schedule, settings.schedule)


def schedule_settings(settings: TrainingSettings, num_steps: int) -> dict[str, int]:
    """What the schedule needs to know besides its warm-up."""
    return {"num_decay_steps": round(FALL_FRAC * num_steps)} if settings.schedule == "warmup_stable_decay" else {}


def _scale(num_steps: int, settings: TrainingSettings) -> Callable[[int], float]:
    """Transformers' own curve from 0 to 1, by step of the phase."""
    alone = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    found = get_scheduler(
        schedule_name(settings),
        alone,
        num_warmup_steps=round(settings.warmup_frac * num_steps),
        num_training_steps=num_steps,
        scheduler_specific_kwargs=schedule_settings(settings, num_steps),
    )
    curve: Callable[[int], float] = found.lr_lambdas[0]
    return curve
