"""Experts that share the work (Fedus et al., 2022)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from kgpt.sequences.outputs import Outputs, RouterOutput


@dataclass(frozen=True, kw_only=True, slots=True)
class RouterBalance:
    """The router's auxiliary loss, a mean over the batches of a step.

    Args:
        weight: the model's `router_aux_loss_coef`.
    """

    name: str = "router_balance"
    head: str = "router"
    weight: float = 0.001

    def loss(self, outputs: Sequence[Outputs]) -> tuple[torch.Tensor, int]:
        """Sum over the batches, and their number."""
        losses = [one.loss for outs in outputs if isinstance(one := outs.get(self.head), RouterOutput)]
        return (torch.stack(losses).sum(), len(losses)) if losses else (torch.zeros(()), 0)


def expert_load(outputs: Sequence[Outputs]) -> torch.Tensor | None:
    """The share of tokens by layer and expert, [X, Y], mean over the batches; None for a dense model."""
    loads = [one.load for outs in outputs if isinstance(one := outs.get("router"), RouterOutput)]
    return torch.stack(loads).mean(dim=0) if loads else None
