"""Heads for graph nodes: a transform, then a product with the embedding table itself (tied)."""

import torch
from torch import nn


class NodeHead(nn.Module):
    """Logits of entities or relations for some states (CoLAKE, Sun et al., 2020: dense, gelu, layer norm, tied table).

    Args:
        hidden_size: width of the states.
        size: width of the table.
    """

    def __init__(self, *, hidden_size: int, size: int) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden_size, size)
        self.activation = nn.GELU(approximate="tanh")
        self.norm = nn.LayerNorm(size)

    def forward(self, states_ND: torch.Tensor, rows_CD: torch.Tensor) -> torch.Tensor:
        """Products of every state with every row, [N, D] x [C, D] -> [N, C]."""
        transformed = self.norm(self.activation(self.dense(states_ND)))
        return torch.as_tensor(transformed @ rows_CD.to(transformed.dtype).T)
