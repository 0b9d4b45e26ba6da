"""Whether a graph holds a triple: look-ups by bisection in a head's rows.

Shapes: B triples looked up.
"""

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import KnowledgeGraph


def is_true(graph: KnowledgeGraph, triples: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of `triples` [B, 3] the graph holds, [B]."""
    return rows_of(graph, triples) >= 0


def rows_of(graph: KnowledgeGraph, triples: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where in `graph.triples` each of `triples` [B, 3] stands, -1 for those that are not there, [B]."""
    return _rows(graph.triples, graph.head_indptr, np.ascontiguousarray(triples, np.int32).reshape(-1, 3))


@compiled
def row_of(triples: NDArray[np.int32], indptr: NDArray[np.int64], head: int, relation: int, tail: int) -> int:
    """The row of one triple, -1 where the graph has it not; rows of a head are sorted by tail, then relation."""
    low, high = indptr[head], indptr[head + 1]
    stop = high
    while low < high:
        middle = (low + high) // 2
        if triples[middle, 2] < tail or (triples[middle, 2] == tail and triples[middle, 1] < relation):
            low = middle + 1
        else:
            high = middle
    if low < stop and triples[low, 2] == tail and triples[low, 1] == relation:
        return int(low)
    return -1


@compiled
def _rows(triples: NDArray[np.int32], indptr: NDArray[np.int64], wanted: NDArray[np.int32]) -> NDArray[np.int64]:
    out = np.empty(len(wanted), np.int64)
    for i in range(len(wanted)):
        out[i] = row_of(triples, indptr, wanted[i, 0], wanted[i, 1], wanted[i, 2])
    return out
