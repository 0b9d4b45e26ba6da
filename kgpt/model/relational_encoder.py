"""Layers that read an entity's neighbourhood, on PyTorch Geometric's message passing.

Three kinds: `rgcn` (Schlichtkrull et al., 2018, with bases), `compgcn` (Vashishth et al., 2020, subtraction) and `gat`
(Velickovic et al., 2018, with the relation in logit and message). Messages go along an edge and, by the inverse
relation, against it. Shapes: N nodes, E edges, D width, R relations, H heads.
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import softmax

from kgpt.sequences.batch import GraphTensors

EncoderKind = Literal["rgcn", "compgcn", "gat"]
_BASES = 2
_HEADS = 4


@dataclass(frozen=True, eq=False, slots=True)
class Neighborhood:
    """Encoded vectors [N, D] of the entities `numbers` [N], which are sorted."""

    numbers: torch.Tensor
    vectors: torch.Tensor

    def replace(self, numbers: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
        """The encoded vectors of `numbers` [...], or their `own` [..., D] where the neighbourhood has them not."""
        place = torch.searchsorted(self.numbers, numbers).clamp(max=len(self.numbers) - 1)
        known = self.numbers[place] == numbers
        return torch.where(known[..., None], self.vectors[place].to(own.dtype), own)


class RelationalEncoder(nn.Module):
    """Several layers, each with a residual and a norm.

    Args:
        kind: of the layers.
        size: width of the vectors.
        num_relations: of the graph; inverses are counted on.
        num_layers: how many.
    """

    def __init__(self, *, kind: EncoderKind, size: int, num_relations: int, num_layers: int) -> None:
        super().__init__()
        self.num_relations = num_relations
        layer: Any = {"rgcn": BasisLayer, "compgcn": CompositionLayer, "gat": AttentionLayer}[kind]
        self.layers = nn.ModuleList(layer(size, 2 * num_relations) for _ in range(num_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(num_layers))

    def forward(self, vectors_ND: torch.Tensor, subgraph: GraphTensors) -> Neighborhood:
        """The vectors of the subgraph's nodes, which are distinct and sorted, after all layers."""
        heads, relations, tails = subgraph.edges.T
        edge_index = torch.stack([torch.cat([heads, tails]), torch.cat([tails, heads])])
        edge_type = torch.cat([relations, relations + self.num_relations])
        for layer, norm in zip(self.layers, self.norms, strict=True):
            vectors_ND = norm(vectors_ND + torch.relu(layer(vectors_ND, edge_index, edge_type)))
        return Neighborhood(subgraph.nodes, vectors_ND)


class BasisLayer(MessagePassing):  # type: ignore[misc]
    """R-GCN: a relation's matrix is a mix of a few bases, each applied to a node's mean, not to every edge."""

    def __init__(self, size: int, num_types: int) -> None:
        super().__init__(aggr="mean")
        self.bases = nn.Linear(_BASES * size, size, bias=False)
        self.mix = nn.Embedding(num_types, _BASES)
        self.own = nn.Linear(size, size)

    def forward(self, vectors_ND: torch.Tensor, edge_index: torch.Tensor, edge_type: torch.Tensor) -> torch.Tensor:
        """One round, [N, D] -> [N, D]."""
        mix_EB = self.mix(edge_type)
        means = [self.propagate(edge_index, x=vectors_ND, mix=mix_EB[:, base, None]) for base in range(_BASES)]
        return torch.as_tensor(self.own(vectors_ND) + self.bases(torch.cat(means, dim=1)))

    def message(self, x_j: torch.Tensor, mix: torch.Tensor) -> torch.Tensor:
        """A neighbour weighed by the relation's share in one base, [E, D]."""
        return x_j * mix


class CompositionLayer(MessagePassing):  # type: ignore[misc]
    """CompGCN: the neighbour less the relation; one matrix a direction is left to the relation's own vector."""

    def __init__(self, size: int, num_types: int) -> None:
        super().__init__(aggr="mean")
        self.types = nn.Embedding(num_types, size)
        self.neighbor, self.own = nn.Linear(size, size, bias=False), nn.Linear(size, size)

    def forward(self, vectors_ND: torch.Tensor, edge_index: torch.Tensor, edge_type: torch.Tensor) -> torch.Tensor:
        """One round, [N, D] -> [N, D]; the matrix is applied after the mean, which is the same and cheaper."""
        gathered = self.propagate(edge_index, x=vectors_ND, edge=self.types(edge_type))
        return torch.as_tensor(self.own(vectors_ND) + self.neighbor(gathered))

    def message(self, x_j: torch.Tensor, edge: torch.Tensor) -> torch.Tensor:
        """The neighbour less the relation, [E, D]."""
        return x_j - edge


class AttentionLayer(MessagePassing):  # type: ignore[misc]
    """GAT with relations: a node weighs its neighbours by query, key and the relation's bias, and reads both."""

    def __init__(self, size: int, num_types: int) -> None:
        super().__init__(aggr="sum", node_dim=0)
        self.heads = _HEADS if size % _HEADS == 0 else 1
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.own = nn.Linear(size, size), nn.Linear(size, size)
        self.type_bias = nn.Embedding(num_types, self.heads)
        self.types = nn.Embedding(num_types, size)

    def forward(self, vectors_ND: torch.Tensor, edge_index: torch.Tensor, edge_type: torch.Tensor) -> torch.Tensor:
        """One round, [N, D] -> [N, D]."""
        split = (-1, self.heads, vectors_ND.shape[1] // self.heads)
        query, key, value = (one(vectors_ND).view(split) for one in (self.query, self.key, self.value))
        edge = self.types(edge_type).view(split)
        bias = self.type_bias(edge_type)
        gathered = self.propagate(edge_index, query=query, key=key, value=value, edge=edge, bias=bias)
        return torch.as_tensor(self.own(vectors_ND) + gathered.reshape(vectors_ND.shape))

    def message(
        self,
        query_i: torch.Tensor,
        key_j: torch.Tensor,
        value_j: torch.Tensor,
        edge: torch.Tensor,
        bias: torch.Tensor,
        index: torch.Tensor,
        size_i: int,
    ) -> torch.Tensor:
        """The neighbour's value and the relation, weighed, [E, H, D / H]."""
        logits_EH = (query_i * key_j).sum(dim=-1) / query_i.shape[-1] ** 0.5 + bias
        weights_EH = softmax(logits_EH, index, num_nodes=size_i)
        return torch.as_tensor((value_j + edge) * weights_EH[..., None])
