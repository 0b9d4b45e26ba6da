"""What stands around an entity, as text beside a question about it (KGT5-context, Kochsiek et al., 2023, section 3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.pieces import Piece

REVERSE = "reverse of {}"
_FEW = 512


class Neighbor(NamedTuple):
    """An edge seen from one of its ends: the relation, whether it is read from its tail, the other end."""

    relation: int
    is_reverse: bool
    entity: int


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """A triple with one end asked for.

    Args:
        entity: the end that is given.
        relation: by number.
        is_reverse: whether the head is asked for, else the tail.
    """

    entity: int
    relation: int
    is_reverse: bool

    def answers(self, graph: KnowledgeGraph) -> frozenset[int]:
        """All entities that answer it in `graph`."""
        if self.is_reverse:
            rows = graph.incoming(self.entity)
            return frozenset(rows[rows[:, 1] == self.relation, 0].tolist())
        return frozenset(graph.tails(self.entity, self.relation).tolist())

    def answer_test(self, graph: KnowledgeGraph) -> Callable[[int], bool]:
        """Whether an entity answers it; those of a hub are looked up one by one."""
        if graph.degrees[self.entity] <= _FEW:
            return self.answers(graph).__contains__
        entity, relation = self.entity, self.relation

        def test(other: int) -> bool:
            rows = graph.between(other, entity) if self.is_reverse else graph.between(entity, other)
            return bool((rows[:, 1] == relation).any())

        return test


def draw_neighbors(
    graph: KnowledgeGraph, query: LinkQuery, *, max_neighbors: int, rng: np.random.Generator
) -> list[Neighbor]:
    """Up to `max_neighbors` edges of the query's entity in random order, none to a right answer.

    Of an entity with very many edges four times as many are looked at, so it may give fewer than there are.
    """
    entity = query.entity
    first, stop = int(graph.head_indptr[entity]), int(graph.head_indptr[entity + 1])
    start, num_out = int(graph.tail_indptr[entity]), stop - first
    num_edges = num_out + int(graph.tail_indptr[entity + 1]) - start
    is_answer = query.answer_test(graph)
    found: list[Neighbor] = []
    for place in _some(num_edges, 4 * max_neighbors, rng):
        if len(found) == max_neighbors:
            break
        is_reverse = place >= num_out
        row = int(graph.by_tail[start + place - num_out]) if is_reverse else first + place
        head, relation, tail = graph.triples[row].tolist()
        other = head if is_reverse else tail
        if not is_answer(other):
            found.append(Neighbor(relation, is_reverse, other))
    return found


def query_pieces(query: LinkQuery, names: GraphNames) -> Iterator[Piece]:
    """The question without a context: "predict tail: h | r" or "predict head: t | r" (KGT5)."""
    yield f"predict {'head' if query.is_reverse else 'tail'}: "
    yield names.mention(query.entity)
    yield f" | {names.relations[query.relation]}"


def context_pieces(
    query: LinkQuery, neighbors: list[Neighbor], names: GraphNames, *, description: str = ""
) -> Iterator[Piece]:
    """The question with what stands around: "query: h | r", the description, "context:", a line a neighbour."""
    yield "query: "
    yield names.mention(query.entity)
    yield f" | {_called(query.relation, query.is_reverse, names)}"
    if description:
        yield f"\ndescription: {description}"
    yield "\ncontext:"
    for neighbor in neighbors:
        yield f"\n{_called(neighbor.relation, neighbor.is_reverse, names)} | "
        yield names.mention(neighbor.entity)


def _called(relation: int, is_reverse: bool, names: GraphNames) -> str:
    label = names.relations[relation]
    return REVERSE.format(label) if is_reverse else label


def _some(total: int, wanted: int, rng: np.random.Generator) -> list[int]:
    """All numbers below `total` in random order, or of very many so many, drawn without repeats."""
    places = rng.permutation(total) if total <= max(4 * wanted, _FEW) else rng.integers(0, total, wanted)
    return list(dict.fromkeys(places.tolist()))
