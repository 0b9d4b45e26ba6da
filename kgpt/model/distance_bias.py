"""A learnt bias by distance in the sequence's own graph (Graphormer, Ying et al., 2021, section 3.1.2).

Built once a batch and shared by all layers. With `opens`, nodes that do not see each other directly may attend too, as
far as the bias lets them: visibility then shapes distances alone. Shapes: B sequences, S nodes, H heads.
"""

from dataclasses import dataclass

import torch
from torch import nn

from kgpt.model.base import ModelPart, Sizes, model_parts
from kgpt.model.bucket_bias import bucket_bias
from kgpt.sequences.batch import Batch


@model_parts.register("distance_bias")
@dataclass(frozen=True, kw_only=True, slots=True)
class DistanceBiasSettings:
    """Settings of `DistanceBias`.

    Args:
        max_distance: farther nodes, and those with no way between, share a bucket.
        opens: nodes without an edge may attend to each other.
    """

    max_distance: int = 4
    opens: bool = False

    def build(self, sizes: Sizes) -> "DistanceBias":
        """The part with a bias of zero everywhere."""
        return DistanceBias(self, sizes)


class DistanceBias(ModelPart):
    """A number a head for every distance from 0 to `max_distance` and one for beyond."""

    def __init__(self, settings: DistanceBiasSettings, sizes: Sizes) -> None:
        super().__init__()
        self.max_distance = settings.max_distance
        self.opens_visibility = settings.opens
        self.by_distance = nn.Parameter(torch.zeros(settings.max_distance + 2, sizes.heads))

    def bias(self, batch: Batch) -> torch.Tensor | None:
        """The bias of every pair, [B, H, S, S]; None for plain text."""
        if batch.visibility is None:
            return None
        return bucket_bias(self.by_distance, distances(batch.visibility, self.max_distance))


def distances(visible_BSS: torch.Tensor, max_distance: int) -> torch.Tensor:
    """Steps between nodes along edges, by powers of the matrix; `max_distance + 1` where there is no shorter way."""
    step = visible_BSS.float()
    length = step.shape[-1]
    reached = torch.eye(length, device=step.device).expand_as(step)
    found = torch.full(step.shape, max_distance + 1, dtype=torch.int64, device=step.device)
    found = torch.where(reached > 0, 0, found)
    for distance in range(1, max_distance + 1):
        reached = (reached @ step > 0).float()
        found = torch.where((reached > 0) & (found > distance), distance, found)
    return found
