"""Room 2: triples in, a `KnowledgeGraph` out: a memory-mapped store with look-ups, sampling, splits, exports."""

from kgpt.kg.build import GraphBuilder, build_graph
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.store import open_graph_store, write_graph

__all__ = ["GraphBuilder", "KnowledgeGraph", "build_graph", "open_graph_store", "write_graph"]
