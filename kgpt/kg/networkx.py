"""A graph as a networkx MultiDiGraph: for path finding, drawing, GraphML."""

from pathlib import Path

import networkx

from kgpt.io import atomic_file
from kgpt.kg.graph import KnowledgeGraph


def to_networkx(graph: KnowledgeGraph) -> "networkx.MultiDiGraph":
    """Nodes are entity ids with `label`; edges are keyed by relation id, with `label`."""
    out = networkx.MultiDiGraph()
    for number, identifier in enumerate(graph.entities.ids):
        out.add_node(identifier, label=graph.entities.label(number))
    for row in graph.triples:
        triple = graph.triple(row)
        out.add_edge(triple.head, triple.tail, key=triple.relation, label=graph.relations.label(int(row[1])))
    return out


def export_graphml(graph: KnowledgeGraph, path: Path) -> None:
    """Write the graph as GraphML, for Gephi, Cytoscape and the like."""
    with atomic_file(path) as file:
        networkx.write_graphml(to_networkx(graph), file)
