"""A graph as a networkx MultiDiGraph, for path finding and drawing; as GraphML, for Gephi, Cytoscape and the like."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import networkx
import numpy as np

from kgpt.atomic import atomic_file
from kgpt.kg.graph import KnowledgeGraph

_CHUNK_ROWS = 1 << 16
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="label" for="all" attr.name="label" attr.type="string"/>
<key id="relation" for="edge" attr.name="relation" attr.type="string"/>
<graph edgedefault="directed">
"""


def to_networkx(graph: KnowledgeGraph) -> "networkx.MultiDiGraph":
    """Nodes are entity ids with `label`; edges are keyed by relation id, with `relation` and `label`."""
    out = networkx.MultiDiGraph()
    ids, relations = list(graph.entities.ids), list(graph.relations.ids)
    labels = [graph.relations.label(number) for number in range(graph.num_relations)]
    out.add_nodes_from((identifier, {"label": graph.entities.label(number)}) for number, identifier in enumerate(ids))
    out.add_edges_from(
        (ids[head], ids[tail], relations[relation], {"relation": relations[relation], "label": labels[relation]})
        for head, relation, tail in graph.triples.tolist()
    )
    return out


def export_graphml(graph: KnowledgeGraph, path: Path) -> None:
    """Write the graph as GraphML, a line at a time; edge ids are numbers, which are unique.

    Nodes have `label`, edges `relation` and `label`. Characters that XML cannot hold become U+FFFD.
    """
    with atomic_file(path) as file:
        file.write(_HEAD.encode())
        for line in _lines(graph):
            file.write(line.encode())
        file.write(b"</graph>\n</graphml>\n")


def _lines(graph: KnowledgeGraph) -> Iterator[str]:
    for number, identifier in enumerate(graph.entities.ids):
        label = _text(graph.entities.label(number))
        yield f'<node id={_attribute(identifier)}><data key="label">{label}</data></node>\n'
    edges = [
        f'<data key="relation">{_text(identifier)}</data>'
        f'<data key="label">{_text(graph.relations.label(number))}</data></edge>\n'
        for number, identifier in enumerate(graph.relations.ids)
    ]
    for start in range(0, graph.num_triples, _CHUNK_ROWS):
        rows = np.asarray(graph.triples[start : start + _CHUNK_ROWS])
        ends, places = np.unique(rows[:, [0, 2]], return_inverse=True)
        nodes = [_attribute(identifier) for identifier in graph.entities.ids.take(ends)]
        pairs = zip(places.reshape(-1, 2).tolist(), rows[:, 1].tolist(), strict=True)
        for row, ((head, tail), relation) in enumerate(pairs, start=start):
            yield f'<edge id="{row}" source={nodes[head]} target={nodes[tail]}>{edges[relation]}'


def _attribute(text: str) -> str:
    return quoteattr(_plain(text))


def _text(text: str) -> str:
    return escape(_plain(text))


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
