"""Entity vectors by TransE (Bordes et al., 2013), on PyTorch Geometric's implementation."""

import torch

from kgpt.kg.graph import KnowledgeGraph
from kgpt.progress import track

_BATCH = 4096


def translation_vectors(
    graph: KnowledgeGraph, *, size: int, epochs: int, learning_rate: float = 0.01, margin: float = 1.0
) -> torch.Tensor:
    """The vectors of all entities after `epochs` passes over the graph's triples, [E, size], of length 1."""
    from torch_geometric.nn.kge import TransE

    model = TransE(graph.num_entities, graph.num_relations, hidden_channels=size, margin=margin)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    triples = torch.tensor(graph.triples, dtype=torch.int64)
    for _ in track(range(epochs), what="entity vectors", total=epochs):
        for rows in torch.split(torch.randperm(len(triples)), _BATCH):
            heads, relations, tails = triples[rows].T
            optimizer.zero_grad()
            model.loss(heads, relations, tails).backward()
            optimizer.step()
    return torch.nn.functional.normalize(model.node_emb.weight.detach(), dim=1)
