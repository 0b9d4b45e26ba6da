"""Written documents as texts in pieces, those alone whose facts a training graph holds."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.truth import is_true
from kgpt.records import NIL, Document
from kgpt.verbalization.pieces import Mention, Piece
from kgpt.verbalization.subgraph import Row


class DocumentSource:
    """Documents that say which triples they tell, as `kgpt verbalize` writes them.

    One that tells a triple which the graph has not is left out: it may be held out for the exam. So is one that does
    not say what it tells.

    Args:
        documents: the texts.
        graph: what may be told.
    """

    def __init__(self, documents: Iterable[Document], graph: KnowledgeGraph) -> None:
        self.left_out: Counter[str] = Counter()
        self.rows: list[list[Row]] = []
        self._pieces: list[list[Piece]] = []
        for document in documents:
            rows = [graph.numbers(triple) for triple in document.triples]
            reason = _reason(rows, graph)
            if reason:
                self.left_out[reason] += 1
                continue
            self.rows.append([row for row in rows if row is not None])
            self._pieces.append(document_pieces(document, graph))

    def __len__(self) -> int:
        return len(self._pieces)

    def pieces(self, index: int, rng: np.random.Generator) -> list[Piece]:
        """One document; nothing is drawn."""
        del rng
        return self._pieces[index]


def document_pieces(document: Document, graph: KnowledgeGraph) -> list[Piece]:
    """A document's text with its links as mentions; a link that overlaps the one before stays text."""
    out: list[Piece] = []
    place = 0
    for link in sorted(document.links):
        number = None if link.entity == NIL else graph.entities.ids.find(link.entity)
        if number is None or link.start < place:
            continue
        out += [document.text[place : link.start], Mention(number, document.surface(link))]
        place = link.end
    return [piece for piece in [*out, document.text[place:]] if piece]


def _reason(rows: list[tuple[int, int, int] | None], graph: KnowledgeGraph) -> str:
    known = [row for row in rows if row is not None]
    if not rows:
        return "tells_no_triple"
    return "" if len(known) == len(rows) and is_true(graph, np.array(known, np.int32)).all() else "not_in_graph"
