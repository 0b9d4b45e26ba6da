"""Single triples as texts in pieces: linearised, inverted, as sentences."""

from dataclasses import dataclass, field

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.linearization import SEPARATOR
from kgpt.verbalization.pieces import Piece
from kgpt.verbalization.statement import StatementBook
from kgpt.verbalization.verbalizer import Form


@dataclass(frozen=True, kw_only=True)
class TripleSource:
    """Every triple of a graph in one of several forms.

    Args:
        graph: whose; nothing else is seen.
        forms: drawn from alike.
    """

    graph: KnowledgeGraph
    forms: tuple[Form, ...] = ("linear", "inverse", "template")
    book: StatementBook = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", StatementBook(self.graph))

    def __len__(self) -> int:
        return self.graph.num_triples

    def pieces(self, index: int, rng: np.random.Generator) -> list[Piece]:
        """One triple."""
        head, relation, tail = row = self.graph.triples[index].tolist()
        form = self.forms[int(rng.random() * len(self.forms))]
        if form == "template":
            return self.book.sentence(row, rng)
        names = self.book.names
        one, other = names.mention(head), names.mention(tail)
        if form == "linear":
            return [one, SEPARATOR + names.relations[relation] + SEPARATOR, other]
        return [other, SEPARATOR + names.inverses[relation] + SEPARATOR, one]
