"""Room 2: triples in, a `KnowledgeGraph` out: a memory-mapped store with look-ups, sampling, splits, exports."""

from kgpt.kg import negative_sampling, neighbor_sampling  # the samplers register themselves
from kgpt.kg.base import NegativeSampler, NeighborSampler, negative_samplers, neighbor_samplers
from kgpt.kg.build import GraphBuilder, build_graph
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.store import open_graph_store, worker_graph_store, write_graph

__all__ = [
    "GraphBuilder",
    "KnowledgeGraph",
    "NegativeSampler",
    "NeighborSampler",
    "build_graph",
    "negative_samplers",
    "negative_sampling",
    "neighbor_samplers",
    "neighbor_sampling",
    "open_graph_store",
    "worker_graph_store",
    "write_graph",
]
