"""Relational layers over a sampled neighbourhood: kgpt's encoder against PyTorch Geometric's layers, two layers each.

Forward and backward over 4,096 nodes, 16,384 edges, 64 relations, width 128, in fp32 on two threads.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch_geometric.nn import GATv2Conv, RGCNConv, SAGEConv

from benchmarks.timing import rates
from kgpt.model.relational_encoder import RelationalEncoder
from kgpt.sequences.batch import GraphTensors

NODES, EDGES, RELATIONS, WIDTH, LAYERS = 4_096, 16_384, 64, 128, 2


def run() -> list[list[str]]:
    """Passes a second, and the time of each in that of SAGEConv."""
    torch.set_num_threads(2)
    torch.manual_seed(0)
    heads, tails = torch.randint(NODES, (2, EDGES))
    relations = torch.randint(RELATIONS, (EDGES,))
    subgraph = GraphTensors(
        nodes=torch.arange(NODES),
        edges=torch.stack([heads, relations, tails], dim=1),
        kinds=torch.zeros(NODES, dtype=torch.long),
        owners=torch.zeros(NODES, dtype=torch.long),
    )
    both = torch.stack([torch.cat([heads, tails]), torch.cat([tails, heads])])
    types = torch.cat([relations, relations + RELATIONS])
    contestants = {"PyG SAGEConv": _layers(lambda: SAGEConv(WIDTH, WIDTH), both)}
    contestants |= {f"kgpt {kind}": _encoder(kind, subgraph) for kind in ("compgcn", "rgcn", "gat")}
    contestants["PyG GATv2Conv"] = _layers(lambda: GATv2Conv(WIDTH, WIDTH // 4, heads=4), both)
    contestants["PyG RGCNConv, 4 bases"] = _layers(
        lambda: RGCNConv(WIDTH, WIDTH, 2 * RELATIONS, num_bases=4), both, types
    )
    measured = rates(contestants, rounds=5)
    first = next(iter(measured.values()))
    return [[name, f"{1e3 / rate:.1f} ms", f"{first / rate:.2f}"] for name, rate in measured.items()]


def _layers(make: Callable[[], Any], *graph: torch.Tensor) -> Callable[[], float]:
    layers = torch.nn.ModuleList(make() for _ in range(LAYERS))

    def read(vectors: torch.Tensor) -> torch.Tensor:
        for layer in layers:
            vectors = torch.relu(layer(vectors, *graph))
        return vectors

    return _passes(read)


def _encoder(kind: Any, subgraph: GraphTensors) -> Callable[[], float]:
    encoder = RelationalEncoder(kind=kind, size=WIDTH, num_relations=RELATIONS, num_layers=LAYERS)
    return _passes(lambda vectors: encoder(vectors, subgraph).vectors)


def _passes(read: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[], float]:
    vectors = torch.randn(NODES, WIDTH, requires_grad=True)

    def work() -> float:
        read(vectors).square().sum().backward()
        return 1.0

    work()
    return work
