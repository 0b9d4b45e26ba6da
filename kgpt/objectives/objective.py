"""Objectives: a name, a head, a weight. Every loss is a sum and a count, so that none is nan without targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from kgpt.sequences.outputs import HeadName, Outputs


@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """Cross-entropy of one head, with its weight in the total.

    `masked_lm` reads head `word` (Devlin et al., 2019), `entity_prediction` and `relation_prediction` read `entity`
    and `relation` (Sun et al., 2020), `span_corruption` reads `decoder` (Raffel et al., 2020).
    """

    name: str
    head: HeadName
    weight: float = 1.0

    def loss(self, outputs: Sequence[Outputs]) -> tuple[torch.Tensor, int]:
        """Sum over all targets in `outputs`, and their number; (0, 0) where nothing is asked."""
        asked = [one[self.head] for one in outputs if self.head in one]
        losses = [cross_entropy(one.logits.float(), one.targets, reduction="sum") for one in asked]
        if not losses:
            return torch.zeros(()), 0
        return torch.stack(losses).sum(), sum(len(one.targets) for one in asked)


MASKED_LM = Objective(name="masked_lm", head="word")
ENTITY_PREDICTION = Objective(name="entity_prediction", head="entity")
RELATION_PREDICTION = Objective(name="relation_prediction", head="relation")
SPAN_CORRUPTION = Objective(name="span_corruption", head="decoder")


@dataclass(frozen=True, slots=True)
class CombinedLoss:
    """The weighted total that is minimised, and every objective's own mean."""

    total: torch.Tensor
    means: dict[str, float]


def combine(objectives: Iterable[Objective], outputs: Sequence[Outputs]) -> CombinedLoss:
    """The objectives' means over all targets of a step, summed by weight."""
    total, means = torch.zeros(()), {}
    for objective in objectives:
        summed, count = objective.loss(outputs)
        mean = summed / max(count, 1)
        total = total.to(mean.device) + objective.weight * mean
        means[objective.name] = float(mean.detach())
    return CombinedLoss(total, means)
