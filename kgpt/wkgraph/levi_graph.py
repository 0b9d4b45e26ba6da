"""Triples as a graph of texts: a node a concept, a node a relation's every occurrence (Plenz and Frank, 2024).

Relative positions between two nodes of a triple are those of "head relation tail" written in a row. Shapes: S words of
all nodes, N nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class LeviGraph:
    """The words of all nodes, one node after the other.

    Args:
        words: word ids, [S].
        owners: the node that each word belongs to, [S].
        relative: how far to the right the other word stands, int32 [S, S]; 0 where no triple joins the two.
        joined: whether two words are of one node or of one triple, bool [S, S].
    """

    words: NDArray[np.int64]
    owners: NDArray[np.int64]
    relative: NDArray[np.int32]
    joined: NDArray[np.bool_]


def build_levi_graph(nodes: Sequence[NDArray[np.int64]], triples: Sequence[tuple[int, int, int]]) -> LeviGraph:
    """The graph of `nodes` (word ids each, none empty) and `triples` of places in them: head, relation, tail.

    Where two nodes meet in several triples the first decides how far apart they are.
    """
    sizes = np.array([len(node) for node in nodes])
    firsts = np.concatenate([[0], np.cumsum(sizes)])
    words, owners = np.concatenate(list(nodes)), np.repeat(np.arange(len(nodes)), sizes)
    within = np.arange(len(words)) - firsts[owners]
    gap, known = np.zeros((len(nodes), len(nodes)), np.int64), np.eye(len(nodes), dtype=bool)
    for head, relation, tail in triples:
        for one, other, far in (
            (head, relation, sizes[head]),
            (relation, tail, sizes[relation]),
            (head, tail, sizes[head] + sizes[relation]),
        ):
            if not known[one, other]:
                gap[one, other], gap[other, one] = far, -far
                known[one, other] = known[other, one] = True
    joined = known[owners[:, None], owners[None, :]]
    relative = gap[owners[:, None], owners[None, :]] + within[None, :] - within[:, None]
    return LeviGraph(words, owners, np.where(joined, relative, 0).astype(np.int32), joined)
