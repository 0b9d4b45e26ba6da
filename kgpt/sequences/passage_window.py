"""A stretch of a passage with the mentions that lie in it."""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import HIDDEN_ENTITY, NO_TARGET
from kgpt.wkgraph import Anchor


@dataclass(frozen=True, eq=False, slots=True)
class PassageWindow:
    """Word ids and the anchors among them, both counted from the window's first word."""

    words: NDArray[np.int64]
    anchors: tuple[Anchor, ...]

    def mentions(self, *, first: int) -> NDArray[np.int64]:
        """The anchors as `Sequence.mentions` [M, 5] when the window's words stand from node `first` on: all shown."""
        rows = [(a.start + first, a.end + first, a.entity, NO_TARGET, HIDDEN_ENTITY) for a in self.anchors]
        return np.array(rows, np.int64).reshape(-1, 5)


def cut_window(passages: PassageStore, index: int, max_words: int, rng: np.random.Generator) -> PassageWindow:
    """The passage, or where it is longer than `max_words` a random stretch of it with the mentions that lie in it."""
    words, anchors = passages.word_ids(index), passages.anchors_of(index)
    if len(words) <= max_words:
        return PassageWindow(words, tuple(anchors))
    first = int(rng.integers(0, len(words) - max_words + 1))
    last = first + max_words
    inside = [Anchor(a.start - first, a.end - first, a.entity) for a in anchors if first <= a.start and a.end <= last]
    return PassageWindow(words[first:last], tuple(inside))


def passages_with(passages: PassageStore, *, min_mentions: int) -> NDArray[np.int64]:
    """The numbers of the passages with at least so many mentions."""
    return np.flatnonzero(np.diff(passages.anchor_indptr) >= min_mentions)


def first_mentions(anchors: SequenceOf[Anchor]) -> dict[int, int]:
    """Every entity with the place of its first anchor, in reading order."""
    found: dict[int, int] = {}
    for place, anchor in enumerate(anchors):
        found.setdefault(anchor.entity, place)
    return found
