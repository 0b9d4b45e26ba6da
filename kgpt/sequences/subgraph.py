"""A part of the graph that is read beside a sequence, and the triples that are asked of it.

Shapes: N nodes, E edges, P triples asked for, K negatives a side.
"""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

CONTEXT_NODE = -1
"""Stands in `Subgraph.nodes` for the node that is the text itself."""


@dataclass(frozen=True, eq=False, slots=True)
class TripleTargets:
    """Triples to be scored, by their ends' places, against false heads and tails.

    Args:
        positives: place of the head, relation, place of the tail, int64 [P, 3].
        false_heads: places, int64 [P, K].
        false_tails: places, int64 [P, K].
    """

    positives: NDArray[np.int64]
    false_heads: NDArray[np.int64]
    false_tails: NDArray[np.int64]

    def shifted(self, first: int) -> "TripleTargets":
        """The same with `first` added to every place."""
        return TripleTargets(
            self.positives + np.array([first, 0, first]), self.false_heads + first, self.false_tails + first
        )


@dataclass(frozen=True, eq=False, slots=True)
class Subgraph:
    """Entities with the edges among them.

    Args:
        nodes: entity numbers, or `CONTEXT_NODE`, int64 [N].
        edges: place of the head, edge type, place of the tail, int64 [E, 3].
        kinds: what each node is to the text (see who builds it), int64 [N].
        asked: triples to be scored, which the edges leave out; None where nothing is asked.
    """

    nodes: NDArray[np.int64]
    edges: NDArray[np.int64]
    kinds: NDArray[np.int64]
    asked: TripleTargets | None = None


@dataclass(frozen=True, eq=False, slots=True)
class JoinedSubgraphs:
    """The subgraphs of a batch as one graph without edges between them; `owners` [N] tells each node's row."""

    nodes: NDArray[np.int64]
    edges: NDArray[np.int64]
    kinds: NDArray[np.int64]
    owners: NDArray[np.int64]
    asked: TripleTargets | None = field(default=None)


def join_subgraphs(subgraphs: SequenceOf[Subgraph]) -> JoinedSubgraphs:
    """One graph of all, at least one, their places counted on."""
    sizes = [len(one.nodes) for one in subgraphs]
    firsts = np.cumsum([0, *sizes[:-1]])
    edges = [one.edges + np.array([first, 0, first]) for one, first in zip(subgraphs, firsts, strict=True)]
    asked = [
        one.asked.shifted(int(first)) for one, first in zip(subgraphs, firsts, strict=True) if one.asked is not None
    ]
    return JoinedSubgraphs(
        nodes=np.concatenate([one.nodes for one in subgraphs]),
        edges=np.concatenate(edges),
        kinds=np.concatenate([one.kinds for one in subgraphs]),
        owners=np.repeat(np.arange(len(sizes)), sizes),
        asked=join_targets(asked) if asked else None,
    )


def join_targets(asked: SequenceOf[TripleTargets]) -> TripleTargets:
    """All of `asked`, one after the other."""
    return TripleTargets(
        np.concatenate([one.positives for one in asked]),
        np.concatenate([one.false_heads for one in asked]),
        np.concatenate([one.false_tails for one in asked]),
    )
