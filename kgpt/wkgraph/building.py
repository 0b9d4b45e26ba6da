"""From a tokenised passage and a graph to a word-knowledge graph.

Differs from CoLAKE's release: neighbours are cut round-robin over the anchors to fit `max_nodes` (there, larger
graphs were dropped), and randomness is the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.sampling import sample_outgoing
from kgpt.wkgraph.graph import NodeKind, WordKnowledgeGraph


@dataclass(frozen=True, slots=True)
class Anchor:
    """A mention in a tokenised text: words `[start, end)` and the number of their entity."""

    start: int
    end: int
    entity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NeighborSettings:
    """How much of the graph joins a passage (CoLAKE: half of the anchors, up to 15 triples each).

    Args:
        anchor_prob: probability that an anchor brings its triples.
        max_triples: per anchor.
        max_nodes: of the whole sequence.
    """

    anchor_prob: float = 0.5
    max_triples: int = 15
    max_nodes: int = 256


@dataclass(frozen=True, eq=False, slots=True)
class _Text:
    ids: list[int]
    kinds: list[int]
    anchor_nodes: dict[int, int]


def build_word_knowledge_graph(
    word_ids: NDArray[np.int64],
    anchors: Sequence[Anchor],
    graph: KnowledgeGraph,
    *,
    settings: NeighborSettings,
    rng: np.random.Generator,
) -> WordKnowledgeGraph:
    """The word-knowledge graph of one passage.

    Args:
        word_ids: the passage's words with the special words at both ends, [num_words].
        anchors: linked mentions in reading order, not overlapping.
        graph: where neighbours come from.
        settings: how many.
        rng: draws which.
    """
    text = _text_nodes(word_ids, anchors, settings.max_nodes)
    ids, kinds = list(text.ids), list(text.kinds)
    positions, node_of = list(range(len(ids))), dict(text.anchor_nodes)
    drawn = _draw(text, graph, settings, rng)
    added = _fitting(drawn, node_of, settings.max_nodes - len(ids))
    for head, _, tail in added:
        if tail not in node_of:
            node_of[tail] = len(ids)
            ids.append(tail)
            kinds.append(NodeKind.ENTITY)
            positions.append(positions[node_of[head]] + 2)
    edges = []
    for head, relation, tail in added:
        edges.append((len(ids), node_of[head], node_of[tail]))
        ids.append(relation)
        kinds.append(NodeKind.RELATION)
        positions.append(positions[node_of[head]] + 1)
    return WordKnowledgeGraph(
        ids=np.array(ids, np.int64),
        kinds=np.array(kinds, np.int8),
        positions=np.array(positions, np.int64),
        num_text=len(text.ids),
        edges=np.array(edges, np.int64).reshape(-1, 3),
    )


def _text_nodes(word_ids: NDArray[np.int64], anchors: Sequence[Anchor], max_nodes: int) -> _Text:
    """Words, each entity's first mention replaced by one entity node; cut to `max_nodes`, the last word kept."""
    ids, kinds, nodes, place = list[int](), list[int](), dict[int, int](), 0
    for anchor in anchors:
        if anchor.entity in nodes or anchor.start < place:
            continue
        _append_words(ids, kinds, word_ids[place : anchor.start])
        nodes[anchor.entity] = len(ids)
        ids.append(anchor.entity)
        kinds.append(int(NodeKind.ENTITY))
        place = anchor.end
    _append_words(ids, kinds, word_ids[place:])
    if len(ids) > max_nodes:
        ids, kinds = [*ids[: max_nodes - 1], ids[-1]], [*kinds[: max_nodes - 1], kinds[-1]]
    return _Text(ids, kinds, {entity: node for entity, node in nodes.items() if node < max_nodes - 1})


def _append_words(ids: list[int], kinds: list[int], word_ids: NDArray[np.int64]) -> None:
    ids.extend(word_ids.tolist())
    kinds.extend([int(NodeKind.WORD)] * len(word_ids))


def _draw(
    text: _Text, graph: KnowledgeGraph, settings: NeighborSettings, rng: np.random.Generator
) -> list[list[tuple[int, int, int]]]:
    """For every anchor that the coin picks, its triples in random order."""
    return [
        [(h, r, t) for h, r, t in sample_outgoing(graph, entity, max_triples=settings.max_triples, rng=rng).tolist()]
        for entity in text.anchor_nodes
        if rng.random() < settings.anchor_prob
    ]


def _fitting(drawn: list[list[tuple[int, int, int]]], anchors: dict[int, int], room: int) -> list[tuple[int, int, int]]:
    """Triples taken from the anchors in turn while their nodes fit into `room`."""
    known, taken = set(anchors), []
    for turn in range(max(map(len, drawn), default=0)):
        for triples in drawn:
            if turn >= len(triples):
                continue
            triple = triples[turn]
            cost = 1 + (triple[2] not in known)
            if cost <= room:
                room -= cost
                known.add(triple[2])
                taken.append(triple)
    return taken
