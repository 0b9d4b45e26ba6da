"""What is minimised: named, weighted losses. Every loss is a sum and a count, so that none is nan without targets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from kgpt.sequences.outputs import Outputs

Counts = list[float]


class Objective(Protocol):
    """A loss that reads one head."""

    @property
    def name(self) -> str:
        """For learning curves."""

    @property
    def head(self) -> str:
        """The output that it reads."""

    @property
    def weight(self) -> float:
        """Its share of the total."""

    def loss(self, outputs: Sequence[Outputs]) -> tuple[torch.Tensor, int]:
        """Sum over all that is asked in `outputs`, and how many that are; (0, 0) where nothing is asked."""


@dataclass(frozen=True, slots=True)
class CombinedLoss:
    """The weighted total that is minimised, and every objective's own mean."""

    total: torch.Tensor
    means: dict[str, float]


def combine(
    objectives: Iterable[Objective],
    outputs: Sequence[Outputs],
    *,
    mean_counts: Callable[[Counts], Counts] = lambda counts: counts,
) -> CombinedLoss:
    """The objectives' means over all targets of a step, summed by weight.

    Args:
        objectives: what is minimised.
        outputs: of all batches of the step.
        mean_counts: with several processes, the mean of every objective's count over them: gradients are averaged
            over processes, so a process divides its sum by that, and the step is the same as in one process.
    """
    told = [(one, *one.loss(outputs)) for one in objectives]
    counts = mean_counts([float(count) for _, _, count in told])
    total, means = torch.zeros(()), {}
    for (objective, summed, _), count in zip(told, counts, strict=True):
        mean = summed / (count or 1.0)
        total = total.to(mean.device) + objective.weight * mean
        means[objective.name] = float(mean.detach())
    return CombinedLoss(total, means)
