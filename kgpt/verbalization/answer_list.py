"""All tails of one head and relation as one answer, in a declared order (ours; questions often have several)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph

ListOrder = Literal["label", "degree"]


@dataclass(frozen=True, eq=False)
class AnswerLists:
    """The pairs of head and relation of a graph, with their tails in order.

    Args:
        graph: whose.
        order: `label` (by name, then by number) or `degree` (best known first, then by name).
        max_answers: a longer list keeps its first.
        min_answers: pairs with fewer tails are passed over.
    """

    graph: KnowledgeGraph
    order: ListOrder = "label"
    max_answers: int = 10
    min_answers: int = 1

    def __len__(self) -> int:
        return len(self._groups)

    def pair(self, index: int) -> tuple[int, int]:
        """Head and relation."""
        head, relation, _ = self.graph.triples[self._rows[self._groups[index, 0]]].tolist()
        return head, relation

    def tails(self, index: int) -> list[int]:
        """The tails, in order, at most `max_answers`."""
        start, stop = self._groups[index].tolist()
        return self.ordered(self.graph.triples[self._rows[start:stop], 2].tolist())[: self.max_answers]

    def ordered(self, tails: Sequence[int]) -> list[int]:
        """`tails` in the declared order."""
        label = self.graph.entities.label
        if self.order == "degree":
            return sorted(tails, key=lambda tail: (-int(self.graph.degrees[tail]), label(tail).casefold(), tail))
        return sorted(tails, key=lambda tail: (label(tail).casefold(), tail))

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """The rows of the graph by head, then relation."""
        return np.lexsort((self.graph.triples[:, 1], self.graph.triples[:, 0])).astype(np.int64)

    @cached_property
    def _groups(self) -> NDArray[np.int64]:
        """Where in `_rows` each pair begins and ends, [n, 2]."""
        pairs = self.graph.triples[self._rows, :2]
        starts = np.flatnonzero(np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)]) if len(pairs) else pairs[:, 0]
        stops = np.r_[starts[1:], len(pairs)] if len(pairs) else starts
        groups = np.stack([starts, stops], axis=1).astype(np.int64)
        return groups[groups[:, 1] - groups[:, 0] >= self.min_answers]
