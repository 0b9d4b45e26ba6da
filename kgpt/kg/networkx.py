"""A graph as a networkx MultiDiGraph: for path finding, drawing, GraphML."""

from pathlib import Path

import networkx

from kgpt.io import atomic_file
from kgpt.kg.graph import KnowledgeGraph


def to_networkx(graph: KnowledgeGraph) -> "networkx.MultiDiGraph":
    """Nodes are entity ids with `label`; edges are keyed by relation id, with `relation` and `label`."""
    out = networkx.MultiDiGraph()
    for number, identifier in enumerate(graph.entities.ids):
        out.add_node(identifier, label=graph.entities.label(number))
    for row in graph.triples:
        triple = graph.triple(row)
        label = graph.relations.label(int(row[1]))
        out.add_edge(triple.head, triple.tail, key=triple.relation, relation=triple.relation, label=label)
    return out


def export_graphml(graph: KnowledgeGraph, path: Path) -> None:
    """Write the graph as GraphML, for Gephi, Cytoscape and the like; its edge ids are numbers, which are unique."""
    keyed = to_networkx(graph)
    out = networkx.MultiDiGraph()
    out.add_nodes_from(keyed.nodes(data=True))
    for number, (head, tail, attributes) in enumerate(keyed.edges(data=True)):
        out.add_edge(head, tail, key=number, **attributes)
    with atomic_file(path) as file:
        networkx.write_graphml(out, file)
