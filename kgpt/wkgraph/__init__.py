"""Room 7: a passage and its neighbours in, a word-knowledge graph out."""

from kgpt.wkgraph.building import Anchor, NeighborSettings, build_word_knowledge_graph
from kgpt.wkgraph.graph import NodeKind, WordKnowledgeGraph

__all__ = ["Anchor", "NeighborSettings", "NodeKind", "WordKnowledgeGraph", "build_word_knowledge_graph"]
