"""Subgraphs of one entity, grown from a triple by how often relations are told together (KELM, Agarwal et al., 2021).

Differs from the paper: a triple is drawn in proportion to the counts of its relation with those already there (there
the likeliest is taken), so that a graph is told differently in every pass; and sizes are drawn up to the limit.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.pieces import Piece

Row: TypeAlias = Sequence[int]
"""Head, relation and tail by number."""
_UNSEEN = 0.01
_MAX_POOL = 64


class RelationCounts:
    """How often two relations of one head are told in one passage.

    Args:
        passages: the triples of every passage.
    """

    def __init__(self, passages: Iterable[Iterable[Row]] = ()) -> None:
        self._pairs: Counter[tuple[int, int]] = Counter()
        for rows in passages:
            told: dict[int, list[int]] = {}
            for head, relation, _ in rows:
                told.setdefault(head, []).append(relation)
            for relations in told.values():
                for i, one in enumerate(relations):
                    self._pairs.update((min(one, other), max(one, other)) for other in relations[i + 1 :])

    def of(self, one: int, other: int) -> int:
        """The count of a pair; of a relation with itself, how often it has two tails."""
        return self._pairs[min(one, other), max(one, other)]


@dataclass(frozen=True, eq=False)
class SubgraphGrower:
    """Grows subgraphs of heads.

    Args:
        graph: whose triples.
        counts: which relations go together; without any all are alike.
        max_triples: of a subgraph.
    """

    graph: KnowledgeGraph
    counts: RelationCounts = field(default_factory=RelationCounts)
    max_triples: int = 5

    def around(self, row: int, rng: np.random.Generator) -> list[list[int]]:
        """A subgraph that begins with triple `row`; of a head with very many triples some are drawn from."""
        first = self.graph.triples[row].tolist()
        start, stop = int(self.graph.head_indptr[first[0]]), int(self.graph.head_indptr[first[0] + 1])
        is_large = stop - start > _MAX_POOL
        places = np.unique(rng.integers(start, stop, _MAX_POOL)) if is_large else np.arange(start, stop)
        pool: list[list[int]] = self.graph.triples[places[places != row]].tolist()
        return self._grown(first, pool, rng)

    def covering(self, head: int, rng: np.random.Generator) -> Iterator[list[list[int]]]:
        """Subgraphs that hold every triple of a head once."""
        own = self.graph.outgoing(head)
        rows: deque[list[int]] = deque(own[rng.permutation(len(own))].tolist())
        while rows:
            first = rows.popleft()
            pool = [rows.popleft() for _ in range(min(_MAX_POOL, len(rows)))]
            yield self._grown(first, pool, rng)
            rows.extendleft(reversed(pool))

    def _grown(self, first: list[int], pool: list[list[int]], rng: np.random.Generator) -> list[list[int]]:
        """Takes what joins `first` out of `pool`."""
        chosen = [first]
        size = 1 + int(rng.random() * self.max_triples)
        while pool and len(chosen) < size:
            weights = np.cumsum([_UNSEEN + sum(self.counts.of(row[1], one[1]) for one in chosen) for row in pool])
            chosen.append(pool.pop(int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))))
        return chosen


def serialized(rows: Sequence[Row], names: GraphNames) -> list[Piece]:
    """Triples as a generator reads them: "subject r1 o1, r2 o2; subject r3 o3" (KELM, section 3.3)."""
    out: list[Piece] = [names.mention(rows[0][0])] if rows else []
    for place, (head, relation, tail) in enumerate(rows):
        if place and head != rows[place - 1][0]:
            out += ["; ", names.mention(head)]
        elif place:
            out.append(",")
        out += [f" {names.relations[relation]} ", names.mention(tail)]
    return out


def by_head(rows: NDArray[np.int32] | Sequence[Row]) -> list[list[int]]:
    """Rows in their order, those of one head together."""
    groups: dict[int, list[list[int]]] = {}
    for head, relation, tail in rows:
        groups.setdefault(int(head), []).append([int(head), int(relation), int(tail)])
    return [row for group in groups.values() for row in group]
