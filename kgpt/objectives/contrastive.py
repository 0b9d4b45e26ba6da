"""Alike things near one another, others apart (NT-Xent with several positives; Qin et al., 2021, section 3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from kgpt.sequences.outputs import Outputs, PairOutput


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrastive:
    """-mean over the alike of log softmax, summed over all things that have an alike one."""

    name: str
    head: str
    weight: float = 1.0

    def loss(self, outputs: Sequence[Outputs]) -> tuple[torch.Tensor, int]:
        """Sum over all things in `outputs` that have an alike one, and their number."""
        total, count = torch.zeros(()), 0
        for one in outputs:
            if isinstance(pairs := one.get(self.head), PairOutput):
                summed, number = _loss(pairs)
                total, count = total.to(summed.device) + summed, count + number
        return total, count


def _loss(pairs: PairOutput) -> tuple[torch.Tensor, int]:
    log_probs_NV = torch.log_softmax(pairs.logits.float(), dim=1)
    num_alike_N = pairs.alike.sum(dim=1)
    summed_N = torch.where(pairs.alike, log_probs_NV, 0.0).sum(dim=1)
    has = num_alike_N > 0
    return -(summed_N[has] / num_alike_N[has]).sum(), int(has.sum())


RELATION_DISCRIMINATION = Contrastive(name="relation_discrimination", head="relation_pair")
