"""What writes texts about a graph: by index and randomness alone, so that any text can be written again."""

from typing import Protocol

import numpy as np

from kgpt.verbalization.pieces import Piece


class PieceSource(Protocol):
    """Texts about a graph, in pieces; the same index and generator give the same text."""

    def __len__(self) -> int:
        """Number of records: one pass over them is an epoch."""

    def pieces(self, index: int, rng: np.random.Generator) -> list[Piece]:
        """The text of record `index`; empty where nothing can be said."""
