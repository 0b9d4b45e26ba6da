"""Texts in pieces as word ids: every piece is tokenised once and kept, so a text of known pieces costs microseconds.

A piece is tokenised with the blank before it, and one that stands without a blank as it follows a mark; the blank
after it goes to the next piece. For vocabularies that split at blanks and marks, as ours and T5's do, this gives the
ids of the whole text; where a vocabulary's words reach over marks the ids may differ, and read the same.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.pieces import Piece

Anchored = tuple[int, int, int]
"""Word start, word end, entity."""


class PieceEncoder:
    """Turns texts in pieces into word ids.

    Args:
        vocabulary: of the ids.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._encoded = lru_cache(maxsize=2**17)(self._encode_now)

    def ids(self, pieces: Iterable[Piece]) -> NDArray[np.int64]:
        """The word ids of a text, without special words at the ends."""
        return self.anchored(pieces)[0]

    def anchored(self, pieces: Iterable[Piece]) -> tuple[NDArray[np.int64], list[Anchored]]:
        """The word ids of a text, and where its mentions stand."""
        parts: list[NDArray[np.int64]] = []
        anchors: list[Anchored] = []
        place, blank, encoded = 0, "", self._encoded
        for piece in pieces:
            entity, text = (-1, piece) if isinstance(piece, str) else piece
            stripped = text.rstrip(" ")
            ids = encoded(blank + stripped, bool(place) and not blank)
            if entity >= 0 and len(ids):
                anchors.append((place, place + len(ids), entity))
            if text:
                blank = " " if len(stripped) < len(text) else ""
            parts.append(ids)
            place += len(ids)
        return np.concatenate(parts) if parts else np.zeros(0, np.int64), anchors

    def _encode_now(self, text: str, is_behind: bool) -> NDArray[np.int64]:
        """The ids of one piece; one that stands right behind another is read behind a mark or a letter."""
        if not text.strip(" "):
            return np.zeros(0, np.int64)
        if not is_behind or text[0] == " ":
            return self.vocabulary.encode(text)
        before = "(" if text[0].isalnum() else "x"
        first, whole = self.vocabulary.encode(before), self.vocabulary.encode(before + text)
        return whole[len(first) :] if np.array_equal(whole[: len(first)], first) else self.vocabulary.encode(text)
