"""The part of the graph around a text: its entities and those that bridge them (DRAGON, Yasunaga et al., 2022, 2.1).

Nodes: the text itself, the entities it mentions, entities one step from two of them, then other neighbours while there
is room. Shapes: N nodes, E edges.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph


class Bridge(IntEnum):
    """What a node is to the text."""

    CONTEXT = 0
    MENTIONED = 1
    BRIDGING = 2
    OTHER = 3


def bridged_entities(
    graph: KnowledgeGraph, mentioned: Sequence[int], *, max_nodes: int, max_neighbors: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Entities around a text and what each is, the mentioned first, at most `max_nodes` in all.

    Args:
        graph: where neighbours come from.
        mentioned: the text's entities, distinct.
        max_nodes: of the subgraph, the text's own node left out.
        max_neighbors: looked at from each mentioned entity, drawn where it has more.
        rng: draws them.
    """
    own = np.array(mentioned[:max_nodes], np.int64)
    around = [_neighbors(graph, int(entity), max_neighbors, rng) for entity in own]
    others, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *around]), return_counts=True)
    fresh = ~np.isin(others, own)
    others, counts = others[fresh], counts[fresh]
    order = np.lexsort((rng.random(len(others)), -counts))[: max_nodes - len(own)]
    kinds = np.where(counts[order] > 1, Bridge.BRIDGING, Bridge.OTHER)
    return np.concatenate([own, others[order]]), np.concatenate([np.full(len(own), Bridge.MENTIONED), kinds])


def edges_among(graph: KnowledgeGraph, entities: NDArray[np.int64]) -> NDArray[np.int64]:
    """The graph's triples between `entities` (distinct), their ends as places in it, [E, 3]."""
    order = np.argsort(entities)
    rows = [graph.outgoing(int(entity)) for entity in entities]
    triples = np.concatenate([np.zeros((0, 3), np.int32), *rows]).astype(np.int64)
    inside = triples[np.isin(triples[:, 2], entities)]
    for column in (0, 2):
        inside[:, column] = order[np.searchsorted(entities[order], inside[:, column])]
    return inside


def _neighbors(graph: KnowledgeGraph, entity: int, most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    found = graph.neighbors(entity).astype(np.int64)
    return found if len(found) <= most else rng.choice(found, most, replace=False)
