"""A learning-rate range test: the rate grows exponentially for some steps, and the loss tells where it does good.

(Smith, 2017, section 3.3; the suggestion is a tenth of the rate at which the smoothed loss is lowest.)
"""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch.optim.lr_scheduler import LambdaLR
from transformers import TrainerCallback
from transformers.trainer_callback import PrinterCallback

from kgpt.model import KgptModel
from kgpt.objectives import Objective
from kgpt.sequences.steps import Steps
from kgpt.training.optimizer import build_optimizer
from kgpt.training.settings import TrainingSettings
from kgpt.training.training import build_trainer

LOWEST, HIGHEST = 1e-6, 1.0
_SMOOTHING = 0.9
_LOST = 2.0
"""The test ends where the smoothed loss is so many times the lowest."""


@dataclass(frozen=True, slots=True)
class RangeTest:
    """What a range test saw.

    Args:
        rates: of every step, rising.
        losses: of every step, smoothed.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def suggestion(self) -> float:
        """A tenth of the rate at the lowest loss."""
        return self.rates[min(range(len(self.losses)), key=self.losses.__getitem__)] / 10


def find_learning_rate(
    model: KgptModel,
    mixture: Steps,
    objectives: Sequence[Objective],
    settings: TrainingSettings,
    *,
    seed: int,
    num_steps: int = 100,
) -> RangeTest:
    """Train `model` at rising rates; it is of no use after.

    Args:
        model: fresh, as the training begins with.
        mixture: what every step reads.
        objectives: what is minimised.
        settings: of the training; its schedule, decay and number of steps play no part.
        seed: of dropout.
        num_steps: between the lowest rate and the highest.
    """
    changes = {"steps": num_steps, "log_every": 1, "checkpoint_every": 0, "report_to": "none", "weight_decay": 0.0}
    asked = settings.model_copy(update=changes | {"entity_learning_rate": None, "learning_rate": 1.0})
    optimizer = build_optimizer(model, asked, 1.0)
    schedule = LambdaLR(optimizer, lambda step: LOWEST * (HIGHEST / LOWEST) ** (step / max(1, num_steps - 1)))
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(
            model, mixture, objectives, asked, folder=Path(folder), seed=seed, optimizers=(optimizer, schedule)
        )
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(_StopWhenLost())
        trainer.train()
    rows = [row for row in trainer.state.log_history if "loss" in row]
    return RangeTest(tuple(row["learning_rate"] for row in rows), smoothed([row["loss"] for row in rows]))


def smoothed(losses: Sequence[float]) -> tuple[float, ...]:
    """Running means, early ones not drawn towards nothing (Kingma and Ba, 2015, section 3).

    >>> smoothed([2.0, 2.0])
    (2.0, 2.0)
    """
    found, mean = [], 0.0
    for number, loss in enumerate(losses, start=1):
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss
        found.append(round(mean / (1 - _SMOOTHING**number), 9))
    return tuple(found)


class _StopWhenLost(TrainerCallback):  # type: ignore[misc]
    """Ends the test when the loss has left."""

    def __init__(self) -> None:
        self._losses: list[float] = []

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **keywords: Any) -> None:
        del args, state, keywords
        if logs and "loss" in logs:
            self._losses.append(logs["loss"])
            means = smoothed(self._losses)
            control.should_training_stop |= not math.isfinite(means[-1]) or means[-1] > _LOST * min(means)
