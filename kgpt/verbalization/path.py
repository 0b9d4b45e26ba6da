"""Paths of two and three hops as strings "s, r1, m, r2, o" (ours: SKILL sees single triples, which do not compose)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.linearization import SEPARATOR
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.pieces import Mention, Piece

Hop: TypeAlias = tuple[int, bool, int]
"""A relation, whether it is read from its tail, and the entity it leads to."""
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Path:
    """A start and the hops from there."""

    start: int
    hops: tuple[Hop, ...]

    @property
    def entities(self) -> tuple[int, ...]:
        """Every entity on the way, the start first."""
        return (self.start, *(hop[2] for hop in self.hops))


@dataclass(frozen=True, eq=False)
class PathWalker:
    """Random walks over a graph's rows; a step never leads to the entity it starts at or the one before.

    Args:
        graph: where to walk.
        both_ways: whether triples are also walked from their tail.
        max_degree: an entity with more triples is no start and is not walked through (through a hub such as a language
            everything is two hops from everything), but may be an end; None walks through all.
        inverses: relations that are walked from their tail; None is all of them.
        apart: pairs of entities, the smaller number first, that no walk joins over several hops (what an exam asks).
    """

    graph: KnowledgeGraph
    both_ways: bool = True
    max_degree: int | None = None
    inverses: frozenset[int] | None = None
    apart: frozenset[tuple[int, int]] = frozenset()

    def from_row(self, row: int, num_hops: int, rng: np.random.Generator) -> Path:
        """A walk whose first hop is one triple; shorter where it runs into a dead end."""
        head, relation, tail = self.graph.triples[row].tolist()
        is_turned = rng.random() < 0.5
        if self._is_walked_from_tail(relation) and (is_turned or self._is_hub(head)) and not self._is_hub(tail):
            return self._walk(tail, (relation, True, head), num_hops, rng)
        return self._walk(head, (relation, False, tail), num_hops, rng)

    def from_entity(self, entity: int, num_hops: int, rng: np.random.Generator) -> Path:
        """A walk from an entity; shorter where it runs into a dead end."""
        hop = self._step((entity,), rng)
        return Path(entity, ()) if hop is None else self._walk(entity, hop, num_hops, rng)

    def _walk(self, start: int, first: Hop, num_hops: int, rng: np.random.Generator) -> Path:
        hops, visited = [first], [start, first[2]]
        while len(hops) < num_hops:
            hop = None if self._is_hub(visited[-1]) else self._step(visited, rng)
            if hop is None:
                break
            hops.append(hop)
            visited.append(hop[2])
        return Path(start, tuple(hops))

    def _is_walked_from_tail(self, relation: int) -> bool:
        return self.both_ways and (self.inverses is None or relation in self.inverses)

    def _is_hub(self, entity: int) -> bool:
        if self.max_degree is None:
            return False
        graph = self.graph
        num_out = int(graph.head_indptr[entity + 1] - graph.head_indptr[entity])
        return num_out + int(graph.tail_indptr[entity + 1] - graph.tail_indptr[entity]) > self.max_degree

    def _step(self, visited: Sequence[int], rng: np.random.Generator) -> Hop | None:
        """One of the edges of the last entity, each equally likely; None where eight draws in a row go a wrong way."""
        graph, here = self.graph, visited[-1]
        first, stop = int(graph.head_indptr[here]), int(graph.head_indptr[here + 1])
        start = int(graph.tail_indptr[here])
        num_out = stop - first
        num_edges = num_out + (int(graph.tail_indptr[here + 1]) - start if self.both_ways else 0)
        for _ in range(_TRIES if num_edges else 0):
            place = int(rng.random() * num_edges)
            is_inverse = place >= num_out
            row = int(graph.by_tail[start + place - num_out]) if is_inverse else first + place
            head, relation, tail = graph.triples[row].tolist()
            other = head if is_inverse else tail
            if is_inverse and not self._is_walked_from_tail(relation):
                continue
            if other not in visited[-2:] and not joins((*visited, other), self.apart):
                return relation, is_inverse, other
        return None


def joins(walk: Sequence[int], pairs: Collection[tuple[int, int]]) -> bool:
    """Whether a walk leads from one end of any of `pairs` (the smaller number first) to the other by several hops."""
    apart = ((one, other) for place, one in enumerate(walk) for other in walk[place + 2 :])
    return bool(pairs) and any((min(pair), max(pair)) in pairs for pair in apart)


def path_pieces(path: Path, names: GraphNames) -> Iterator[Piece]:
    """The path with commas between: "s, r1, m, r2, o"; a relation read from its tail is "inverse of r"."""
    yield names.mention(path.start)
    for relation, is_inverse, entity in path.hops:
        yield SEPARATOR + (names.inverses if is_inverse else names.relations)[relation] + SEPARATOR
        yield names.mention(entity)


def composed_pieces(path: Path, names: GraphNames) -> Iterator[Piece]:
    """The path without the entities on the way: "s, r1, r2, o", as a question of several hops names its ends alone."""
    yield names.mention(path.start)
    relations = [(names.inverses if is_inverse else names.relations)[relation] for relation, is_inverse, _ in path.hops]
    yield SEPARATOR + SEPARATOR.join(relations) + SEPARATOR
    yield names.mention(path.entities[-1])


def hidden_pieces(pieces: list[Piece], hidden: frozenset[int], mark: str) -> tuple[list[Piece], list[Mention]]:
    """The text with some of its mentions behind marks, and those mentions in order.

    Args:
        pieces: of a text.
        hidden: which mentions, by their place among the mentions.
        mark: with `{}` where its number goes.
    """
    out: list[Piece] = []
    gone: list[Mention] = []
    place = 0
    for piece in pieces:
        if not isinstance(piece, Mention):
            out.append(piece)
            continue
        if place in hidden:
            out.append(mark.format(len(gone)))
            gone.append(piece)
        else:
            out.append(piece)
        place += 1
    return out, gone
