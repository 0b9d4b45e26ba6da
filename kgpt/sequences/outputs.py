"""What a model gives for a batch: logits where something is asked, head by head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

HeadName = Literal["word", "entity", "relation", "decoder"]


@dataclass(frozen=True, eq=False)
class HeadOutput:
    """Logits of one head at the N places that ask it, [N, V], and the right rows, [N]."""

    logits: torch.Tensor
    targets: torch.Tensor


Outputs = Mapping[HeadName, HeadOutput]
"""The heads that a batch asks; one that nothing asks is absent."""
