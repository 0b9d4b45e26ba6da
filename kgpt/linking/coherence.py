"""How well the candidates of a text go together in the graph.

Two measures of a candidate: the belief in candidates that a triple joins to it, and the belief in candidates that share
a neighbour with it, where a neighbour counts less the more neighbours it has itself (one step of a personalised
PageRank; Adamic and Adar, 2003, for the weight). Hubs are looked at from the other end only.

Shapes: K distinct candidates of a text, E entities, T triples.
"""

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import KnowledgeGraph

MAX_DEGREE = 100
"""Neighbours are listed of candidates that have no more; the others are found from their neighbours."""
MIN_BELIEF = 0.001
"""Neighbours are listed of candidates that are believed in as much; the others are found from theirs."""


def coherence(
    graph: KnowledgeGraph, entities: NDArray[np.int64], beliefs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The belief joined to each of `entities` by a triple, and by a shared neighbour, [K] each.

    Args:
        graph: where they are joined.
        entities: distinct candidates of a text, sorted, [K].
        beliefs: how sure each is to be meant, in [0, 1], [K].
    """
    return _coherence(graph.triples, graph.head_indptr, graph.by_tail, graph.tail_indptr, entities, beliefs, MAX_DEGREE)


@compiled
def _coherence(  # noqa: C901 - one pass over neighbours, with its bookkeeping
    triples: NDArray[np.int32],
    head_indptr: NDArray[np.int64],
    by_tail: NDArray[np.int64],
    tail_indptr: NDArray[np.int64],
    entities: NDArray[np.int64],
    beliefs: NDArray[np.float64],
    max_degree: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    near, shared = np.zeros(len(entities)), np.zeros(len(entities))
    listed = np.empty(len(entities), np.bool_)
    total = 0
    for i in range(len(entities)):
        degree = _degree(head_indptr, tail_indptr, entities[i])
        listed[i] = degree <= max_degree and beliefs[i] >= MIN_BELIEF
        total += degree if listed[i] else 0
    size = 16
    while size < 2 * (total + len(entities)):
        size *= 2
    keys, latest = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    mass, weights, places = np.zeros(size), np.zeros(size), np.full(size, -1, np.int64)
    for i in range(len(entities)):
        slot = _slot(keys, entities[i])
        keys[slot], places[slot] = entities[i], i
    seen, ends, count = np.empty(total, np.int64), np.zeros(len(entities) + 1, np.int64), 0
    for i in range(len(entities)):
        ends[i + 1] = count
        if not listed[i]:
            continue
        for neighbor in _neighbors(triples, head_indptr, by_tail, tail_indptr, entities[i]):
            slot = _slot(keys, neighbor)
            if latest[slot] == i:
                continue  # joined by several triples: counted once
            if weights[slot] == 0.0:
                keys[slot] = neighbor
                weights[slot] = 1.0 / np.log(2.0 + _degree(head_indptr, tail_indptr, neighbor)) ** 2
            latest[slot], seen[count] = i, slot
            count += 1
            mass[slot] += beliefs[i]
            place = places[slot]
            if place >= 0 and place != i:
                near[i] += beliefs[place]
                near[place] += 0.0 if listed[place] else beliefs[i]
        ends[i + 1] = count
    for i in range(len(entities)):
        for j in range(ends[i], ends[i + 1]):
            shared[i] += (mass[seen[j]] - beliefs[i]) * weights[seen[j]]
    return near, shared


@compiled
def _degree(head_indptr: NDArray[np.int64], tail_indptr: NDArray[np.int64], entity: int) -> int:
    out = head_indptr[entity + 1] - head_indptr[entity]
    return int(out + tail_indptr[entity + 1] - tail_indptr[entity])


@compiled
def _neighbors(
    triples: NDArray[np.int32],
    head_indptr: NDArray[np.int64],
    by_tail: NDArray[np.int64],
    tail_indptr: NDArray[np.int64],
    entity: int,
) -> NDArray[np.int64]:
    out = np.empty(_degree(head_indptr, tail_indptr, entity), np.int64)
    count = 0
    for row in range(head_indptr[entity], head_indptr[entity + 1]):
        out[count] = triples[row, 2]
        count += 1
    for place in range(tail_indptr[entity], tail_indptr[entity + 1]):
        out[count] = triples[by_tail[place], 0]
        count += 1
    return out


@compiled
def _slot(keys: NDArray[np.int64], key: int) -> int:
    mask = len(keys) - 1
    slot = (key * 0x9E3779B1) & mask
    while keys[slot] != -1 and keys[slot] != key:
        slot = (slot + 1) & mask
    return int(slot)
