"""Masked text beside the graph around its entities, some edges held out to be scored (DRAGON, Yasunaga et al., 2022).

Held-out edges leave the subgraph with every other edge between the same two entities, in either direction: in the
release their inverses stayed, and some nine in ten held-out edges could be read off. Shapes: N nodes, E edges,
P triples asked for, K negatives a side.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.masking import MaskingSettings
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.passage_window import PassageWindow, cut_window, first_mentions, passages_with
from kgpt.sequences.sequence import Sequence
from kgpt.sequences.subgraph import CONTEXT_NODE, Subgraph, TripleTargets
from kgpt.sequences.text_stream import masked_text
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph.bridging import Bridge, bridged_entities, edges_among


@dataclass(frozen=True, kw_only=True)
class SubgraphStream:
    """Passages with the graph around them.

    Args:
        passages: the texts with their anchors.
        graph: the facts.
        vocabulary: of the words.
        max_tokens: of a passage.
        max_nodes: of a subgraph (DRAGON: 200).
        max_neighbors: looked at from each mentioned entity.
        held_out_frac: share of a subgraph's edges that is asked for, at least one where there is any (DRAGON: 0.15).
        max_held_out: at most so many (DRAGON: 100).
        drop_prob: how often a held-out edge really leaves the subgraph (DRAGON: 0.9).
        num_negatives: false heads, and as many false tails, an edge (DRAGON: 32).
        masking: of the words.
    """

    passages: PassageStore
    graph: KnowledgeGraph
    vocabulary: Vocabulary
    max_tokens: int = 128
    max_nodes: int = 100
    max_neighbors: int = 32
    held_out_frac: float = 0.15
    max_held_out: int = 100
    drop_prob: float = 0.9
    num_negatives: int = 32
    masking: MaskingSettings = MaskingSettings()

    def __len__(self) -> int:
        return len(self._kept)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage with its subgraph, some words masked and some edges held out."""
        window = cut_window(self.passages, int(self._kept[index]), self.max_tokens - 2, rng)
        text = masked_text(window.words, self.vocabulary, self.masking, rng)
        return replace(text, subgraph=self.subgraph(window, rng))

    def subgraph(self, window: PassageWindow, rng: np.random.Generator) -> Subgraph:
        """The graph around a window's entities; node 0 is the text, joined to each of them by one more relation."""
        mentioned = list(first_mentions(window.anchors))
        entities, kinds = bridged_entities(
            self.graph, mentioned, max_nodes=self.max_nodes, max_neighbors=self.max_neighbors, rng=rng
        )
        edges = edges_among(self.graph, entities)
        asked, left = self._held_out(edges, entities, rng)
        nodes, size = np.concatenate([[CONTEXT_NODE], entities]), len(mentioned[: self.max_nodes])
        mentions = np.stack([np.zeros(size), np.full(size, self.graph.num_relations), np.arange(1, size + 1)], axis=1)
        seen = np.concatenate([mentions.astype(np.int64), left + np.array([1, 0, 1])])
        return Subgraph(nodes, seen, np.concatenate([[Bridge.CONTEXT], kinds]).astype(np.int64), asked.shifted(1))

    def _held_out(
        self, edges_E3: NDArray[np.int64], entities: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[TripleTargets, NDArray[np.int64]]:
        """The edges that are asked for with their negatives, and those that the model may see."""
        num_asked = min(self.max_held_out, max(1, round(self.held_out_frac * len(edges_E3)))) if len(edges_E3) else 0
        asked_P3 = edges_E3[rng.permutation(len(edges_E3))[:num_asked]]
        gone = asked_P3[rng.random(num_asked) < self.drop_prob]
        seen = edges_E3[~np.isin(_pairs(edges_E3), _pairs(gone))]
        false = [self._false(asked_P3, entities, rng, side) for side in (0, 2)]
        return TripleTargets(asked_P3, *false), seen

    def _false(
        self, asked_P3: NDArray[np.int64], entities: NDArray[np.int64], rng: np.random.Generator, side: int
    ) -> NDArray[np.int64]:
        """Nodes that make no true triple on a side, [P, K]; any node where all do."""
        drawn = np.zeros((len(asked_P3), self.num_negatives), np.int64)
        for place, row in enumerate(asked_P3):
            true = self._true(entities, row, side)
            pool = np.flatnonzero(~np.isin(entities, true))
            pool = pool if len(pool) else np.arange(len(entities))
            drawn[place] = pool[rng.integers(0, len(pool), self.num_negatives)]
        return drawn

    def _true(self, entities: NDArray[np.int64], row: NDArray[np.int64], side: int) -> NDArray[np.int32]:
        """The entities that make a true triple on a side of an edge."""
        relation, other = int(row[1]), int(entities[row[2 - side]])
        if side == 2:
            return self.graph.tails(other, relation)
        rows = self.graph.incoming(other)
        return np.asarray(rows[rows[:, 1] == relation, 0])

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        return passages_with(self.passages, min_mentions=1)


def _pairs(edges_E3: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for the two ends of each edge, whichever is the head."""
    ends = edges_E3[:, [0, 2]]
    return np.asarray(ends.min(axis=1) * 1_000_003 + ends.max(axis=1), np.int64)
