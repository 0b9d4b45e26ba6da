"""Sampling from a graph triple by triple, and the control whose facts are wrong.

Whole batches: `kgpt.kg.neighbor_sampling` and `kgpt.kg.negative_sampling`.

Shapes: T triples.
"""

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph


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
