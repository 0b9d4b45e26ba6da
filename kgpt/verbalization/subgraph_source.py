"""Subgraphs of entities as sentences, one for every triple of a graph (KELM, Agarwal et al., 2021)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kgpt.verbalization.pieces import Piece
from kgpt.verbalization.subgraph import Row, SubgraphGrower


class SubgraphWriter(Protocol):
    """Writes triples of one head: `TemplateWriter` or `PatternWriter`."""

    def pieces(self, rows: Sequence[Row], rng: np.random.Generator) -> list[Piece]:
        """The triples as text."""


@dataclass(frozen=True, kw_only=True)
class SubgraphSource:
    """For every triple a subgraph that begins with it, as text.

    Args:
        grower: adds triples.
        writer: writes them.
    """

    grower: SubgraphGrower
    writer: SubgraphWriter

    def __len__(self) -> int:
        return self.grower.graph.num_triples

    def pieces(self, index: int, rng: np.random.Generator) -> list[Piece]:
        """A subgraph that begins with triple `index`."""
        return self.writer.pieces(self.grower.around(index, rng), rng)
