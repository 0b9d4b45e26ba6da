"""Short documents' word-knowledge graphs, drawn so that each node shows on hover and focus what it sees."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from kgpt.kg import KnowledgeGraph
from kgpt.pipeline.showing import shown_graph
from kgpt.report.run_record import RunRecord
from kgpt.report.svg import drawing, inline_svg
from kgpt.sequences import open_passage_store
from kgpt.sequences.passage_store import PassageStore
from kgpt.wkgraph import NodeKind, WordKnowledgeGraph
from kgpt.wkgraph.drawing import draw

_MAX_WORDS = 110
_MAX_NAMED = 8
_NODE = re.compile(r'<g id="node-(\d+)">')
_EDGE = re.compile(r'<g id="edge-(\d+)">')


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """The drawing and the document it shows."""

    document: str
    svg: Markup


def drawn_documents(run: RunRecord, *, name: str, number: int = 2) -> list[DrawnDocument]:
    """The first short documents whose linked entities have triples, drawn; none where the run has none.

    Args:
        run: the run.
        name: unique in the page.
        number: how many at most.
    """
    folder = run.folder / "5-sequences"
    if run.graph is None or not (folder / "words.npy").is_file():
        return []
    chosen = _short(open_passage_store(folder), run.graph)[:number]
    return [_drawn(run, document, f"{name}-{place}") for place, document in enumerate(chosen)]


def interactive(svg: str, wkgraph: WordKnowledgeGraph, names: Sequence[str]) -> str:
    """A drawing by `kgpt.wkgraph.drawing` whose nodes can be focused, and know whom they see.

    The first node is in the page's tab order; the page's script moves on with the arrow keys.
    """
    told = [_node(node, sees, wkgraph, names) for node, sees in enumerate(wkgraph.visibility())]
    ends = [" ".join(map(str, edge)) for edge in wkgraph.edges.tolist()]
    svg = _NODE.sub(lambda found: told[int(found[1])], svg)
    return _EDGE.sub(lambda found: f'<g class="edge" data-ends="{ends[int(found[1])]}">', svg)


def say_ranges(numbers: Sequence[int]) -> str:
    """Sorted numbers with runs of them as one.

    >>> say_ranges([0, 1, 2, 5])
    '0-2 5'
    """
    breaks = [place for place, (one, other) in enumerate(pairwise(numbers), start=1) if other != one + 1]
    runs = [numbers[start:end] for start, end in pairwise([0, *breaks, len(numbers)])]
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs if run)


def _drawn(run: RunRecord, document: str, name: str) -> DrawnDocument:
    wkgraph, names = shown_graph(run.folder, document)
    label = f"Word-knowledge graph of the first passage of document {document}; arrow keys go from node to node"
    return DrawnDocument(document, drawn_graph(wkgraph, names, label=label, name=name))


def drawn_graph(wkgraph: WordKnowledgeGraph, names: Sequence[str], *, label: str, name: str) -> Markup:
    """A graph as SVG whose nodes can be focused.

    Args:
        wkgraph: the graph.
        names: what to write on each node.
        label: what the drawing shows, for those who do not see it.
        name: unique in the page.
    """
    with drawing():
        svg = interactive(draw(wkgraph, names), wkgraph, names)
    return Markup(inline_svg(svg, label=label, name=name, role="group"))


def _node(node: int, sees: "np.typing.NDArray[np.bool_]", wkgraph: WordKnowledgeGraph, names: Sequence[str]) -> str:
    kind = NodeKind(int(wkgraph.kinds[node])).name.lower()
    label = escape(
        f"{names[node]}: {kind}, position {wkgraph.positions[node]}. {_say_seen(node, sees, wkgraph, names)}"
    )
    seen = say_ranges(np.flatnonzero(sees).tolist())
    tab = 0 if node == 0 else -1
    return f'<g class="node" data-node="{node}" data-sees="{seen}" tabindex="{tab}" role="img" aria-label="{label}">'


def _say_seen(node: int, sees: "np.typing.NDArray[np.bool_]", wkgraph: WordKnowledgeGraph, names: Sequence[str]) -> str:
    """Whom a node may attend to, in words."""
    parts = ["the whole text"] if node < wkgraph.num_text else []
    first = wkgraph.num_text if parts else 0
    others = [names[other] for other in np.flatnonzero(sees).tolist() if other >= first and other != node]
    parts += others[:_MAX_NAMED] + ([f"{len(others) - _MAX_NAMED} more"] if len(others) > _MAX_NAMED else [])
    return f"Sees {', '.join(parts)}." if parts else "Sees itself alone."


def _short(passages: PassageStore, graph: KnowledgeGraph) -> list[str]:
    """Documents whose first passage is short and has edges, in their order; else the shortest that has."""
    found = list(_with_edges(passages, graph))
    short = [document for num_words, document in found if num_words <= _MAX_WORDS]
    return short or [document for _, document in sorted(found)[:1]]


def _with_edges(passages: PassageStore, graph: KnowledgeGraph) -> Iterator[tuple[int, str]]:
    firsts: dict[str, int] = {}
    for number in range(len(passages)):
        firsts.setdefault(passages.ids[number].rpartition("#")[0], number)
    for document, number in firsts.items():
        if any(len(graph.outgoing(anchor.entity)) for anchor in passages.anchors_of(number)):
            yield len(passages.word_ids(number)), document
