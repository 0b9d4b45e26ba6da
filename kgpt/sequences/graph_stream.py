"""Word-knowledge graphs as sequences: words, entities and relations masked, each kind by itself (CoLAKE)."""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.neighbor_sampling import UniformNeighbors, sample_hops, sampled_triples
from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import NO_TARGET, Sequence
from kgpt.sequences.subgraph import Subgraph
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph import Anchor, NeighborSettings, NodeKind, WordKnowledgeGraph, build_word_knowledge_graph


@dataclass(frozen=True, kw_only=True)
class WordKnowledgeGraphStream:
    """Passages joined with their neighbours in the graph, drawn anew at every pass.

    Args:
        passages: the texts with their anchors.
        graph: where neighbours come from.
        vocabulary: of the words.
        neighbors: how many neighbours.
        masking: of words, entities and relations.
        num_negatives: entities drawn for a batch by frequency to the 0.75.
        encoder_neighbors: edges a relational encoder reads of each entity, hop by hop; none where there is no encoder.
        log_q: correct the logits for how often a candidate is drawn (Bengio and Senecal, 2008); CoLAKE does not.
    """

    passages: PassageStore
    graph: KnowledgeGraph
    vocabulary: Vocabulary
    neighbors: NeighborSettings = NeighborSettings()
    masking: MaskingSettings = MaskingSettings()
    num_negatives: int = 200
    log_q: bool = False
    encoder_neighbors: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.passages)

    def word_knowledge_graph(self, index: int, rng: np.random.Generator) -> WordKnowledgeGraph:
        """One passage with its neighbours, nothing hidden."""
        words = self.vocabulary.wrap(self.passages.word_ids(index))
        shift = len(self.vocabulary.prefix)
        anchors = [Anchor(a.start + shift, a.end + shift, a.entity) for a in self.passages.anchors_of(index)]
        return build_word_knowledge_graph(words, anchors, self.graph, settings=self.neighbors, rng=rng)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage with its neighbours, some nodes of every kind hidden."""
        wkgraph = self.word_knowledge_graph(index, rng)
        ids, targets = wkgraph.ids, np.full(len(wkgraph), NO_TARGET, np.int64)
        for kind, vocabulary in self._kinds.items():
            places = np.flatnonzero(wkgraph.kinds == kind)
            if kind == NodeKind.WORD:
                places = places[~np.isin(wkgraph.ids[places], list(self.vocabulary.special))]
            ids, asked = mask_nodes(ids, places, vocabulary=vocabulary, settings=self.masking, rng=rng)
            targets = np.where(asked == NO_TARGET, targets, asked)
        return Sequence(ids, wkgraph.kinds, wkgraph.positions, targets, wkgraph.visibility())

    def draw_candidates(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Negative entities for a batch: frequency in text and graph to the 0.75 (Mikolov et al., 2013)."""
        return np.searchsorted(self._cumulative, rng.random(self.num_negatives)).astype(np.int64)

    def neighborhood(
        self, read: NDArray[np.int64], others: NDArray[np.int64], rng: np.random.Generator
    ) -> Subgraph | None:
        """See `sampled_neighborhood`; None where no encoder reads it."""
        if not self.encoder_neighbors:
            return None
        return sampled_neighborhood(self.graph, read, others, self.encoder_neighbors, rng)

    def log_expected(self, candidates: NDArray[np.int64]) -> NDArray[np.float32] | None:
        """Log of `num_negatives` times each candidate's probability, where `log_q` asks for it."""
        if not self.log_q:
            return None
        shares = np.diff(self._cumulative, prepend=0.0)[candidates]
        return np.log(np.maximum(self.num_negatives * shares, 1e-9)).astype(np.float32)

    @cached_property
    def _cumulative(self) -> NDArray[np.float64]:
        mentions = np.bincount(self.passages.anchors[:, 2], minlength=self.graph.num_entities)
        weights = (mentions + self.graph.degrees).astype(float) ** 0.75
        cumulative = np.cumsum(weights / weights.sum())
        cumulative[-1] = 1.0
        return cumulative

    @cached_property
    def _kinds(self) -> dict[NodeKind, KindVocabulary]:
        """Entities and relations are masked by the number after their last."""
        return {
            NodeKind.WORD: KindVocabulary.of(self.vocabulary),
            NodeKind.ENTITY: KindVocabulary(size=self.graph.num_entities, mask=self.graph.num_entities),
            NodeKind.RELATION: KindVocabulary(size=self.graph.num_relations, mask=self.graph.num_relations),
        }


def sampled_neighborhood(
    graph: KnowledgeGraph,
    read: NDArray[np.int64],
    others: NDArray[np.int64],
    max_neighbors: SequenceOf[int],
    rng: np.random.Generator,
) -> Subgraph:
    """Entities, their sampled neighbours, and the edges that were sampled, those between `read` left out.

    What a batch asks for lies between entities that it reads, so it cannot be read off the neighbourhood.

    Args:
        graph: where edges come from.
        read: entities that the batch reads or asks for, sorted; the mask's number, if among them, is left out.
        others: further entities whose vectors are wanted, sorted.
        max_neighbors: edges of each entity, hop by hop.
        rng: draws them.
    """
    read = read[read < graph.num_entities]  # the number after the last is the mask
    entities = np.union1d(read, others)
    samplers = [UniformNeighbors(max_neighbors=most) for most in max_neighbors]
    edges = sampled_triples(graph, sample_hops(graph, entities, samplers, rng)).astype(np.int64)
    edges = edges[~(np.isin(edges[:, 0], read) & np.isin(edges[:, 2], read))]
    nodes = np.unique(np.concatenate([entities, edges[:, 0], edges[:, 2]]))
    edges[:, [0, 2]] = np.searchsorted(nodes, edges[:, [0, 2]])
    return Subgraph(nodes, edges, np.zeros(len(nodes), np.int64))
