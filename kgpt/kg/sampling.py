"""Sampling from a graph triple by triple, and the control whose facts are wrong.

Whole batches: `kgpt.kg.neighbor_sampling` and `kgpt.kg.negative_sampling`.

Shapes: T triples.
"""

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph

INSTANCE_OF = "P31"


def sample_outgoing(
    graph: KnowledgeGraph, entity: int, *, max_triples: int, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Up to `max_triples` triples whose head is `entity`, uniform without replacement, [n, 3]."""
    rows = graph.outgoing(entity)
    if len(rows) <= max_triples:
        return rows[rng.permutation(len(rows))]
    return rows[rng.choice(len(rows), max_triples, replace=False)]


def shuffle_tails(
    graph: KnowledgeGraph, *, rng: np.random.Generator, avoid: NDArray[np.int32] | None = None
) -> KnowledgeGraph:
    """The graph with the tails permuted inside each relation: the control whose facts are wrong.

    Every entity's triples are as many as before in each relation and direction. Pairs of triples swap their tails where
    neither becomes true or repeats another (the degree-preserving edge swap of Maslov and Sneppen, 2002); a triple
    that finds no partner in ten rounds stays true.

    Args:
        graph: what is shuffled.
        rng: draws the partners.
        avoid: more true triples that no swap may make, say those held out of `graph`, [T, 3].
    """
    triples, others = np.array(graph.triples), np.zeros((0, 3), np.int32) if avoid is None else avoid
    for relation in np.unique(triples[:, 1]):
        rows = np.flatnonzero(triples[:, 1] == relation)
        triples[rows, 2] = _deranged(triples[rows], others[others[:, 1] == relation], rng)
    return graph.with_triples(triples)


def swap_tails_within_types(
    graph: KnowledgeGraph, *, rng: np.random.Generator, avoid: NDArray[np.int32] | None = None
) -> KnowledgeGraph:
    """The graph with tails permuted inside each relation among tails of one type: wrong facts that look right.

    A person's birthplace becomes another person's, a city stays a city; a tail that is alone of its type in its
    relation stays true. Else as `shuffle_tails`.
    """
    triples, others = np.array(graph.triples), np.zeros((0, 3), np.int32) if avoid is None else avoid
    types = entity_types(graph)
    groups = np.stack([triples[:, 1], types[triples[:, 2]]], axis=1)
    _, group_of = np.unique(groups, axis=0, return_inverse=True)
    for group in range(int(group_of.max(initial=-1)) + 1):
        rows = np.flatnonzero(group_of.reshape(-1) == group)
        triples[rows, 2] = _deranged(triples[rows], others[others[:, 1] == triples[rows[0], 1]], rng)
    return graph.with_triples(triples)


def entity_types(graph: KnowledgeGraph) -> NDArray[np.int64]:
    """A type for every entity, [E]: the class that it is most usual to be an instance of, told by Wikidata's `P31`.

    Without classes, or for an entity that has none, its type is the set of relations that it is a tail of.
    """
    relation = graph.relations.ids.find(INSTANCE_OF)
    rows = graph.triples[graph.triples[:, 1] == (-1 if relation is None else relation)]
    size = np.bincount(rows[:, 2], minlength=graph.num_entities)
    order = np.lexsort((rows[:, 2], size[rows[:, 2]]))
    types = np.full(graph.num_entities, -1, np.int64)
    types[rows[order, 0]] = rows[order, 2]  # the last written, the largest class, stays
    ends = np.unique(graph.triples[:, [2, 1]], axis=0)
    signatures: dict[tuple[int, ...], int] = {}
    for entity, relations in zip(*_grouped(ends), strict=True):
        if types[entity] < 0:
            types[entity] = graph.num_entities + signatures.setdefault(relations, len(signatures))
    return types


def _grouped(pairs: NDArray[np.int32]) -> tuple[list[int], list[tuple[int, ...]]]:
    """The distinct firsts of sorted pairs, each with its seconds."""
    firsts, starts = np.unique(pairs[:, 0], return_index=True)
    return firsts.tolist(), [tuple(part.tolist()) for part in np.split(pairs[:, 1], starts[1:])][: len(firsts)]


def _deranged(rows: NDArray[np.int32], others: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    heads, tails = rows[:, 0].tolist(), rows[:, 2].tolist()
    now = set(zip(heads, tails, strict=True))
    true = now | set(map(tuple, others[:, [0, 2]].tolist()))
    for _ in range(10):
        todo = [i for i in rng.permutation(len(rows)).tolist() if (heads[i], tails[i]) in true]
        for i, j in zip(todo, rng.integers(len(rows), size=len(todo)).tolist(), strict=True):
            fresh = {(heads[i], tails[j]), (heads[j], tails[i])}
            if fresh.isdisjoint(true) and fresh.isdisjoint(now):
                now -= {(heads[i], tails[i]), (heads[j], tails[j])}
                now |= fresh
                tails[i], tails[j] = tails[j], tails[i]
    return np.array(tails, np.int32)
