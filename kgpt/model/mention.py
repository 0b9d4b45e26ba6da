"""The columns of a batch's mentions by name, and the mean of their words' states.

Shapes: B sequences, S nodes, D hidden, M mentions.
"""

from dataclasses import dataclass

import torch

from kgpt.sequences.batch import Batch


@dataclass(frozen=True, eq=False, slots=True)
class Mentions:
    """One row a mention, [M] each; see `sequences.Sequence.mentions`."""

    rows: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor
    shown: torch.Tensor
    asked: torch.Tensor
    places: torch.Tensor

    @classmethod
    def of(cls, batch: Batch) -> "Mentions":
        """The mentions of a batch, none where it has none."""
        columns = torch.zeros(0, 6, dtype=torch.int64, device=batch.ids.device)
        return cls(*(columns if batch.mentions is None else batch.mentions).T)

    def __len__(self) -> int:
        return len(self.rows)

    def means(self, values_BSD: torch.Tensor) -> torch.Tensor:
        """The mean of `values` over each mention's nodes, [M, D]."""
        summed = torch.cat([torch.zeros_like(values_BSD[:, :1]), values_BSD], dim=1).float().cumsum(dim=1)
        spans = summed[self.rows, self.ends] - summed[self.rows, self.starts]
        return spans / (self.ends - self.starts).clamp(min=1)[:, None]
