"""Sampling from a graph: neighbours of an entity, and false triples.

Shapes: B triples, K negatives a triple.
"""

from collections.abc import Iterable

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


def uniform_negatives(
    triples: NDArray[np.int32], *, num_entities: int, per_positive: int, rng: np.random.Generator
) -> NDArray[np.int32]:
    """`per_positive` corruptions of every triple [B, 3]: head or tail, by a fair coin, becomes another entity, [B, K, 3].

    The true entity is never drawn; a corruption may still be true elsewhere in the graph (see `filtered`).
    """
    negatives_BK3 = np.repeat(triples[:, None, :], per_positive, axis=1)
    sides_BK = np.where(rng.random(negatives_BK3.shape[:2]) < 0.5, 0, 2)[..., None]
    truth_BK1 = np.take_along_axis(negatives_BK3, sides_BK, axis=2)
    drawn_BK1 = rng.integers(0, num_entities - 1, size=truth_BK1.shape, dtype=np.int32)
    drawn_BK1 += drawn_BK1 >= truth_BK1  # skip the true entity, stay uniform over the others
    np.put_along_axis(negatives_BK3, sides_BK, drawn_BK1, axis=2)
    return negatives_BK3


def is_true(graph: KnowledgeGraph, triples: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of `triples` [B, 3] the graph holds, [B]."""
    return np.isin(_keys(graph, triples), _keys(graph, graph.triples))


def shuffle_tails(graph: KnowledgeGraph, *, rng: np.random.Generator) -> KnowledgeGraph:
    """The graph with the tails permuted inside each relation: the control whose facts are wrong.

    Degrees, relation counts and each relation's range stay as they are; where a permutation would leave a triple
    true or repeat one, it is drawn again up to ten times, then kept.
    """
    triples = np.array(graph.triples)
    for relation in np.unique(triples[:, 1]):
        rows = np.flatnonzero(triples[:, 1] == relation)
        triples[rows, 2] = _deranged(triples[rows], rng)
    return graph.with_triples(triples)


def _deranged(rows: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    true = {(int(head), int(tail)) for head, _, tail in rows}
    tails = rows[:, 2].copy()
    todo = np.arange(len(rows))
    for _ in range(10):
        # the rows still right swap with rows from everywhere, so that the last few can be freed
        pool = np.union1d(todo, rng.choice(len(rows), min(len(rows), 2 * len(todo) + 2), replace=False))
        tails[pool] = tails[rng.permutation(pool)]
        todo = np.flatnonzero(_marked(rows[:, 0], tails, true))
        if not len(todo):
            break
    return tails


def _marked(heads: NDArray[np.int32], tails: NDArray[np.int32], true: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
    """Rows that are true, or repeat an earlier row."""
    known, seen, marks = set(true), set(), []
    for pair in zip(heads.tolist(), tails.tolist(), strict=True):
        marks.append(pair in known or pair in seen)
        seen.add(pair)
    return np.array(marks, bool)


def _keys(graph: KnowledgeGraph, triples: NDArray[np.int32]) -> NDArray[np.int64]:
    wide = triples.astype(np.int64)
    return (wide[:, 0] * graph.num_relations + wide[:, 1]) * graph.num_entities + wide[:, 2]
