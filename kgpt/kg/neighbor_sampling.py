"""Neighbours of a batch of entities, drawn from the rows of both directions without replacement, in several ways.

An edge is a triple seen from one of its ends; a triple from an entity to itself is two edges of it. The order of the
edges drawn means nothing. Shapes: B entities, K edges an entity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError
from kgpt.kernel import compiled
from kgpt.kg.base import Neighbors, NeighborSampler, neighbor_samplers
from kgpt.kg.drawing_lots import begin_row, draw_below, draw_key, draw_places, share_of
from kgpt.kg.graph import KnowledgeGraph

Entities = NDArray[np.integer[Any]]


@neighbor_samplers.register("uniform")
@dataclass(frozen=True, kw_only=True, slots=True)
class UniformNeighbors:
    """Every edge of an entity is equally likely (Hamilton et al., 2017, GraphSAGE)."""

    max_neighbors: int = 16

    def __post_init__(self) -> None:
        _check(self.max_neighbors)

    def sample(self, graph: KnowledgeGraph, entities: Entities, rng: np.random.Generator) -> Neighbors:
        """All edges of an entity with no more than K, K of the others, each set equally likely."""
        batch, rows_BK = _blank(entities, self.max_neighbors)
        _uniform(batch, graph.head_indptr, graph.tail_indptr, graph.by_tail, draw_key(rng), rows_BK)
        return _neighbors(graph, batch, rows_BK)


@neighbor_samplers.register("degree_capped")
@dataclass(frozen=True, kw_only=True, slots=True)
class DegreeCappedNeighbors:
    """Edges to hubs are thinned, so that no entity is the neighbour of more than about `cap` others (ours).

    An edge to an entity of degree d stays with the chance min(1, cap / d); K of those that stay are drawn uniformly.
    Whether an edge stays is decided anew in every batch.
    """

    max_neighbors: int = 16
    cap: int = 1_000

    def __post_init__(self) -> None:
        _check(self.max_neighbors)
        if self.cap < 1:
            raise ConfigError(f"cap: expected at least 1, found {self.cap}")

    def sample(self, graph: KnowledgeGraph, entities: Entities, rng: np.random.Generator) -> Neighbors:
        """Up to K of the edges that stay; an entity of more than 16 K edges gives those that 16 K draws meet."""
        batch, rows_BK = _blank(entities, self.max_neighbors)
        _degree_capped(
            batch, graph.triples, graph.head_indptr, graph.tail_indptr, graph.by_tail, self.cap, draw_key(rng), rows_BK
        )
        return _neighbors(graph, batch, rows_BK)


@neighbor_samplers.register("relation_balanced")
@dataclass(frozen=True, kw_only=True, slots=True)
class RelationBalancedNeighbors:
    """A relation (with its direction) is drawn first, of those with edges left, then one of its edges (ours).

    Rare relations are seen as often as common ones. The first call orders all edges by relation, 0.2 s a million.
    """

    max_neighbors: int = 16

    def __post_init__(self) -> None:
        _check(self.max_neighbors)

    def sample(self, graph: KnowledgeGraph, entities: Entities, rng: np.random.Generator) -> Neighbors:
        """All edges of an entity with no more than K, K of the others."""
        batch, rows_BK = _blank(entities, self.max_neighbors)
        groups = graph.relation_groups
        most = int(np.diff(groups.indptr)[batch].max(initial=0))
        _relation_balanced(batch, groups.rows, groups.starts, groups.indptr, most, draw_key(rng), rows_BK)
        return _neighbors(graph, batch, rows_BK)


def sample_hops(
    graph: KnowledgeGraph, entities: Entities, samplers: Sequence[NeighborSampler], rng: np.random.Generator
) -> list[Neighbors]:
    """Neighbours, neighbours of neighbours and so on, one sampler a hop.

    Every hop starts from the distinct entities that the hop before reached and no earlier one did; the first from the
    distinct ones of `entities` [B]. `sampled_triples` gives the triples of all hops.
    """
    frontier, hops = np.unique(np.asarray(entities, np.int64)), []
    reached = frontier
    for sampler in samplers:
        hops.append(sampler.sample(graph, frontier, rng))
        found = np.unique(hops[-1].others)
        frontier = np.setdiff1d(found[found >= 0], reached, assume_unique=True).astype(np.int64)
        reached = np.union1d(reached, frontier)
    return hops


def sampled_triples(graph: KnowledgeGraph, hops: Sequence[Neighbors]) -> NDArray[np.int32]:
    """The triples of all hops without repeats, in the graph's order, [n, 3]."""
    rows = np.unique(np.concatenate([np.zeros(0, np.int64), *(hop.rows.reshape(-1) for hop in hops)]))
    return np.asarray(graph.triples[rows[rows >= 0]])


def _check(max_neighbors: int) -> None:
    if max_neighbors < 1:
        raise ConfigError(f"max_neighbors: expected at least 1, found {max_neighbors}")


def _blank(entities: Entities, max_neighbors: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    batch = np.ascontiguousarray(entities, np.int64)
    return batch, np.full((len(batch), max_neighbors), -1, np.int64)


def _neighbors(graph: KnowledgeGraph, batch: NDArray[np.int64], rows_BK: NDArray[np.int64]) -> Neighbors:
    entities_BK = np.full(rows_BK.shape, -1, np.int32)
    _other_ends(graph.triples, batch, rows_BK, entities_BK)
    return Neighbors(batch, rows_BK, entities_BK)


@compiled
def _other_end(triples: NDArray[np.int32], row: int, entity: int) -> int:
    return int(triples[row, 2] if triples[row, 0] == entity else triples[row, 0])


@compiled
def _other_ends(
    triples: NDArray[np.int32], entities: NDArray[np.int64], rows_BK: NDArray[np.int64], out_BK: NDArray[np.int32]
) -> None:
    for b in range(len(entities)):
        for k in range(rows_BK.shape[1]):
            if rows_BK[b, k] < 0:
                break
            out_BK[b, k] = _other_end(triples, rows_BK[b, k], entities[b])


@compiled
def _edge(
    entity: int, place: int, heads: NDArray[np.int64], tails: NDArray[np.int64], by_tail: NDArray[np.int64]
) -> int:
    """The row of the edge at a place: those away from the entity stand before those to it."""
    num_outgoing = heads[entity + 1] - heads[entity]
    if place < num_outgoing:
        return int(heads[entity] + place)
    return int(by_tail[tails[entity] + place - num_outgoing])


@compiled
def _degree(entity: int, heads: NDArray[np.int64], tails: NDArray[np.int64]) -> int:
    return int(heads[entity + 1] - heads[entity] + tails[entity + 1] - tails[entity])


@compiled
def _uniform(
    entities: NDArray[np.int64],
    heads: NDArray[np.int64],
    tails: NDArray[np.int64],
    by_tail: NDArray[np.int64],
    key: np.uint64,
    rows_BK: NDArray[np.int64],
) -> None:
    most = rows_BK.shape[1]
    places, state = np.empty(most, np.int64), np.zeros(1, np.uint64)
    for b in range(len(entities)):
        begin_row(state, key, b)
        count = draw_places(state, _degree(entities[b], heads, tails), most, places)
        for k in range(count):
            rows_BK[b, k] = _edge(entities[b], places[k], heads, tails, by_tail)


@compiled
def _degree_capped(
    entities: NDArray[np.int64],
    triples: NDArray[np.int32],
    heads: NDArray[np.int64],
    tails: NDArray[np.int64],
    by_tail: NDArray[np.int64],
    cap: int,
    key: np.uint64,
    rows_BK: NDArray[np.int64],
) -> None:
    """A hub is drawn from with rejection, any other entity looked through whole."""
    most = rows_BK.shape[1]
    few = 16 * most
    places, state, kept = np.empty(most, np.int64), np.zeros(1, np.uint64), np.empty(few, np.int64)
    for b in range(len(entities)):
        entity = entities[b]
        begin_row(state, key, b)
        row_key, degree, count = state[0], _degree(entity, heads, tails), 0
        if degree <= few:
            for place in range(degree):
                row = _edge(entity, place, heads, tails, by_tail)
                if share_of(row_key, place) * _degree(_other_end(triples, row, entity), heads, tails) < cap:
                    kept[count] = row
                    count += 1
            count = draw_places(state, count, most, places)
            for k in range(count):
                rows_BK[b, k] = kept[places[k]]
            continue
        for _ in range(few):
            place = draw_below(state, degree)
            row = _edge(entity, place, heads, tails, by_tail)
            fresh = share_of(row_key, place) * _degree(_other_end(triples, row, entity), heads, tails) < cap
            for k in range(count):
                fresh = fresh and places[k] != place
            if fresh:
                places[count], rows_BK[b, count] = place, row
                count += 1
                if count == most:
                    break


@compiled
def _relation_balanced(
    entities: NDArray[np.int64],
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    indptr: NDArray[np.int64],
    max_groups: int,
    key: np.uint64,
    rows_BK: NDArray[np.int64],
) -> None:
    """First how many edges each group gives, then which."""
    most = rows_BK.shape[1]
    places, state = np.empty(most, np.int64), np.zeros(1, np.uint64)
    active, given = np.empty(max_groups, np.int64), np.empty(max_groups, np.int64)
    for b in range(len(entities)):
        begin_row(state, key, b)
        first = indptr[entities[b]]
        num_groups = indptr[entities[b] + 1] - first
        num_active = num_groups
        for g in range(num_groups):
            active[g], given[g] = g, 0
        for _ in range(most):
            if num_active == 0:
                break
            slot = draw_below(state, num_active)
            g = active[slot]
            given[g] += 1
            if given[g] == starts[first + g + 1] - starts[first + g]:
                num_active -= 1
                active[slot] = active[num_active]
        count = 0
        for g in range(num_groups):
            start, size = starts[first + g], starts[first + g + 1] - starts[first + g]
            for k in range(draw_places(state, size, given[g], places) if given[g] else 0):
                rows_BK[b, count] = rows[start + places[k]]
                count += 1
