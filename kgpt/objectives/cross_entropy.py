"""Choosing the right one: words, entities, relations."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from kgpt.sequences.outputs import HeadOutput, Outputs


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossEntropy:
    """Cross-entropy of one head, with its weight in the total.

    `masked_lm` reads head `word` (Devlin et al., 2019), `causal_lm` the same in a decoder (Radford et al., 2018),
    `entity_prediction` and `relation_prediction` read `entity` and `relation` (Sun et al., 2020), `span_corruption`
    reads `decoder` (Raffel et al., 2020), `entity_alignment` reads `aligned_entity` (Zhang et al., 2019),
    `entity_discrimination` reads `tail_mention` (Qin et al., 2021).
    """

    name: str
    head: str
    weight: float = 1.0
    label_smoothing: float = 0.0

    def loss(self, outputs: Sequence[Outputs]) -> tuple[torch.Tensor, int]:
        """Sum over all targets in `outputs`, and their number; (0, 0) where nothing is asked."""
        asked = [one[self.head] for one in outputs if self.head in one]
        losses = [self._loss(one) for one in asked if isinstance(one, HeadOutput)]
        if not losses:
            return torch.zeros(()), 0
        return torch.stack(losses).sum(), sum(len(one.targets) for one in asked if isinstance(one, HeadOutput))

    def _loss(self, output: HeadOutput) -> torch.Tensor:
        logits = output.logits.float()
        return cross_entropy(logits, output.targets, reduction="sum", label_smoothing=self.label_smoothing)


MASKED_LM = CrossEntropy(name="masked_lm", head="word")
CAUSAL_LM = CrossEntropy(name="causal_lm", head="word")
ENTITY_PREDICTION = CrossEntropy(name="entity_prediction", head="entity")
RELATION_PREDICTION = CrossEntropy(name="relation_prediction", head="relation")
SPAN_CORRUPTION = CrossEntropy(name="span_corruption", head="decoder")
ENTITY_ALIGNMENT = CrossEntropy(name="entity_alignment", head="aligned_entity")
ENTITY_DISCRIMINATION = CrossEntropy(name="entity_discrimination", head="tail_mention")


def row_losses(outputs: Outputs, num_rows: int) -> torch.Tensor:
    """The mean loss of every row of a batch over all its word and entity targets, [B]; nan where nothing was asked."""
    sums, counts = torch.zeros(num_rows), torch.zeros(num_rows)
    for output in outputs.values():
        if not isinstance(output, HeadOutput) or output.rows is None:
            continue
        losses = cross_entropy(output.logits.detach().float(), output.targets, reduction="none").cpu()
        rows = output.rows.cpu()
        sums.index_add_(0, rows, losses)
        counts.index_add_(0, rows, torch.ones(len(rows)))
    return sums / counts
