"""True triples above false ones: by log-sigmoid, plainly (KEPLER) or with hard negatives weighing more (DRAGON)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import logsigmoid

from kgpt.sequences.outputs import Outputs, TripleScores


@dataclass(frozen=True, kw_only=True, slots=True)
class TripleScoring:
    """-1/2 (log sigmoid(true) + the negatives' log sigmoid(-false)), summed over triples.

    Args:
        name: for learning curves.
        head: the output that it reads.
        weight: share of the total.
        temperature: of the negatives' weights, softmax(temperature x score), as constants (Sun et al., 2019, section
            3.2); 0 weighs them alike (Wang et al., 2021, equation 3).
        penalty: weight of the part's own penalty (DRAGON: 0.01 of the relations' mean square).
    """

    name: str = "triple_scoring"
    head: str = "triples"
    weight: float = 1.0
    temperature: float = 0.0
    penalty: float = 0.0

    def loss(self, outputs: Sequence[Outputs]) -> tuple[torch.Tensor, int]:
        """Sum over all true triples in `outputs`, and their number."""
        asked = [one[self.head] for one in outputs if self.head in one]
        losses = [self._loss(one) for one in asked if isinstance(one, TripleScores)]
        if not losses:
            return torch.zeros(()), 0
        return torch.stack(losses).sum(), sum(len(one.positives) for one in asked if isinstance(one, TripleScores))

    def _loss(self, scores: TripleScores) -> torch.Tensor:
        false_P2K = torch.cat([scores.false_heads, scores.false_tails], dim=1).float()
        weights_P2K = torch.softmax(self.temperature * false_P2K.detach(), dim=1)
        negative_P = (weights_P2K * logsigmoid(-false_P2K)).sum(dim=1)
        total = -0.5 * (logsigmoid(scores.positives.float()) + negative_P).sum()
        if self.penalty and scores.penalty is not None:
            total = total + self.penalty * scores.penalty
        return total


TRIPLE_SCORING = TripleScoring()
