"""Where a path of relations leads, and the triples on the way: what a question of several hops needs.

A path is a sequence of relation ids, one a hop, `^P161` followed from tail to head (SPARQL's property paths).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import INVERSE, Question, Triple


@dataclass(frozen=True, slots=True)
class Hop:
    """One relation of a path, by number; `is_inverse` where it is followed from tail to head."""

    relation: int
    is_inverse: bool

    def from_all(self, graph: KnowledgeGraph, entities: NDArray[np.integer]) -> NDArray[np.int32]:
        """The triples that lead on from any of `entities`, [n, 3]."""
        rows = [graph.incoming(int(one)) if self.is_inverse else graph.outgoing(int(one)) for one in entities]
        found = np.concatenate(rows) if rows else np.zeros((0, 3), np.int32)
        return np.asarray(found[found[:, 1] == self.relation])

    def end(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Where triples lead to."""
        ends: NDArray[np.int32] = np.unique(rows[:, 0 if self.is_inverse else 2])
        return ends


def read_path(graph: KnowledgeGraph, path: Sequence[str]) -> tuple[Hop, ...] | None:
    """The hops of a path by number; None where the graph lacks one of its relations."""
    numbers = [graph.relations.ids.find(one.removeprefix(INVERSE)) for one in path]
    if any(number is None for number in numbers):
        return None
    return tuple(Hop(int(n), one.startswith(INVERSE)) for n, one in zip(numbers, path, strict=True) if n is not None)


def follow(graph: KnowledgeGraph, start: int, hops: Sequence[Hop]) -> NDArray[np.int32]:
    """The entities at the end of a path, sorted; the one it starts at may be among them."""
    here = np.array([start], np.int32)
    for hop in hops:
        here = hop.end(hop.from_all(graph, here))
    return here


def supporting(graph: KnowledgeGraph, start: int, hops: Sequence[Hop], ends: Collection[int]) -> set[Triple]:
    """The triples on any way along a path from `start` to one of `ends`."""
    layers, here = [], np.array([start], np.int32)
    for hop in hops:
        layers.append(hop.from_all(graph, here))
        here = hop.end(layers[-1])
    wanted = np.array(sorted(ends), np.int32)
    found = set[Triple]()
    for hop, rows in zip(reversed(hops), reversed(layers), strict=True):
        kept = rows[np.isin(rows[:, 0 if hop.is_inverse else 2], wanted)]
        found |= {graph.triple(row) for row in kept}
        wanted = np.unique(kept[:, 2 if hop.is_inverse else 0])
    return found


def way(
    graph: KnowledgeGraph, start: int, hops: Sequence[Hop], end: int, rng: np.random.Generator
) -> tuple[int, ...] | None:
    """The entities after `start` on one way along a path to `end`, drawn among the ways; None where there is none."""
    layers, here = [], np.array([start], np.int32)
    for hop in hops:
        layers.append(hop.from_all(graph, here))
        here = hop.end(layers[-1])
    found = [end]
    for hop, rows in zip(reversed(hops), reversed(layers), strict=True):
        kept = rows[rows[:, 0 if hop.is_inverse else 2] == found[-1]]
        if not len(kept):
            return None
        found.append(int(kept[int(rng.integers(len(kept))), 2 if hop.is_inverse else 0]))
    return tuple(found[-2::-1])


def needed_facts(question: Question, graph: KnowledgeGraph, *, max_answers: int | None = None) -> set[Triple]:
    """The triples of `graph`, of all hops, that answer a question; for its first `max_answers` answers or for all."""
    hops, start = read_path(graph, question.hops), graph.entities.ids.find(question.entity)
    if not hops or start is None:
        return set()
    ends = (graph.entities.ids.find(one) for one in question.answer_entities[:max_answers])
    return supporting(graph, start, hops, [end for end in ends if end is not None])
