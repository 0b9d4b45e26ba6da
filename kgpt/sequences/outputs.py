"""What a model gives for a batch, head by head.

Shapes: N places that ask a head, V what it chooses among, P triples, K negatives, X layers with experts, Y experts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class HeadOutput:
    """Logits of one head at the places that ask it, [N, V], the right columns [N], and each place's row [N]."""

    logits: torch.Tensor
    targets: torch.Tensor
    rows: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class TripleScores:
    """Scores of true triples [P], of each with a false head and with a false tail [P, K], and a penalty's sum."""

    positives: torch.Tensor
    false_heads: torch.Tensor
    false_tails: torch.Tensor
    penalty: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class PairOutput:
    """Similarities of things [N, V] of which several may be alike: `alike` is bool [N, V]."""

    logits: torch.Tensor
    alike: torch.Tensor


@dataclass(frozen=True, eq=False)
class RouterOutput:
    """The router's balance loss over a batch (a scalar), and the share of tokens by layer and expert, [X, Y]."""

    loss: torch.Tensor
    load: torch.Tensor


Output = HeadOutput | TripleScores | PairOutput | RouterOutput
Outputs = Mapping[str, Output]
"""The heads that a batch asks, by name; one that nothing asks is absent."""
