"""An entity's facts as a graph of texts, one node hidden, for T5 (Graph LM, Plenz and Frank, 2024).

A record is an entity with facts. Its facts are drawn, one node of one triple (the tail, the head or the relation) is
hidden behind a sentinel, and the decoder writes it; a passage that mentions the entity may stand beside the graph.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.sampling import sample_outgoing
from kgpt.sequences.graph_position import FAR, GRAPH_TO_TEXT, TEXT_TO_GRAPH
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.text_stream import window
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph.levi_graph import build_levi_graph

Reach = Literal["local", "global"]
_MAX_KEPT = 100_000
"""Names whose word ids are kept in memory."""


@dataclass(frozen=True, kw_only=True)
class LeviGraphStream:
    """Subgraphs around entities as sequences with positions of their own.

    Args:
        graph: the facts.
        passages: the texts that may stand beside them.
        vocabulary: of the words.
        reach: `local` lets a word see its node and its triples alone, `global` everything, what no triple joins through
            one shared bucket.
        max_triples: facts of a sequence.
        relation_prob: how often the hidden node is the relation, else the tail (or the head, one in four).
        text_prob: how often a passage about the entity stands beside its graph, where there is one.
        max_text_tokens: of that passage.
        max_tokens: of the answer.
    """

    graph: KnowledgeGraph
    passages: PassageStore
    vocabulary: Vocabulary
    reach: Reach = "local"
    max_triples: int = 6
    relation_prob: float = 0.2
    text_prob: float = 0.0
    max_text_tokens: int = 96
    max_tokens: int = 32
    _names: dict[tuple[str, int], NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self._entities)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One entity's facts with one node hidden."""
        entity = int(self._entities[index])
        rows = sample_outgoing(self.graph, entity, max_triples=self.max_triples, rng=rng).tolist()
        nodes, triples = self._nodes(rows)
        hidden = self._hidden(triples[0], rng)
        answer, nodes[hidden] = nodes[hidden], np.array([self.vocabulary.sentinel(0)])
        graph = build_levi_graph(nodes, triples)
        text = self._text(entity, rng)
        ids = np.concatenate([graph.words, text, self.vocabulary.suffix])
        target = np.concatenate([[self.vocabulary.sentinel(0)], answer, [self.vocabulary.end]])[: self.max_tokens]
        relative, visible = self._pairs(graph.relative, graph.joined, len(text))
        return replace(plain_sequence(ids, decoder_targets=target), relative_positions=relative, visibility=visible)

    def _nodes(self, rows: list[list[int]]) -> tuple[list[NDArray[np.int64]], list[tuple[int, int, int]]]:
        """The texts of all concepts and relations, and the triples as places among them."""
        nodes, places, triples = list[NDArray[np.int64]](), dict[int, int](), list[tuple[int, int, int]]()
        for head, relation, tail in rows:
            for entity in (head, tail):
                if entity not in places:
                    places[entity] = len(nodes)
                    nodes.append(self._name("entity", entity))
            triples.append((places[head], len(nodes), places[tail]))
            nodes.append(self._name("relation", relation))
        return nodes, triples

    def _hidden(self, triple: tuple[int, int, int], rng: np.random.Generator) -> int:
        head, relation, tail = triple
        if rng.random() < self.relation_prob:
            return relation
        return head if rng.random() < 0.25 else tail

    def _name(self, kind: str, number: int) -> NDArray[np.int64]:
        if (kind, number) not in self._names:
            if len(self._names) >= _MAX_KEPT:
                self._names.clear()
            names = self.graph.entities if kind == "entity" else self.graph.relations
            self._names[kind, number] = self.vocabulary.encode(names.label(number) or names.ids[number])
        return self._names[kind, number]

    def _text(self, entity: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """A passage that mentions the entity, or nothing."""
        first, last = np.searchsorted(self._mentioned[:, 0], [entity, entity + 1])
        if first == last or rng.random() >= self.text_prob:
            return np.zeros(0, np.int64)
        number = int(self._mentioned[int(rng.integers(first, last)), 1])
        return window(self.passages.word_ids(number), self.max_text_tokens, rng)

    def _pairs(
        self, relative_GG: NDArray[np.int32], joined_GG: NDArray[np.bool_], num_text: int
    ) -> tuple[NDArray[np.int32], NDArray[np.bool_] | None]:
        """Relative positions and visibility of graph, text and the closing word (which stands with the text)."""
        num_graph, size = len(relative_GG), len(relative_GG) + num_text + 1
        order = np.arange(size)
        relative = (order[None, :] - order[:, None]).astype(np.int32)
        relative[:num_graph, :num_graph] = np.where(joined_GG, relative_GG, FAR)
        relative[num_graph:, :num_graph], relative[:num_graph, num_graph:] = TEXT_TO_GRAPH, GRAPH_TO_TEXT
        if self.reach == "global":
            return relative, None
        visible = np.ones((size, size), bool)
        visible[:num_graph, :num_graph] = joined_GG
        return relative, visible

    @cached_property
    def _entities(self) -> NDArray[np.int64]:
        """Entities that are the head of a triple."""
        return np.flatnonzero(np.diff(self.graph.head_indptr))

    @cached_property
    def _mentioned(self) -> NDArray[np.int64]:
        """Entity and passage of every mention, sorted, [mentions, 2]."""
        owners = np.repeat(np.arange(len(self.passages)), np.diff(self.passages.anchor_indptr))
        pairs = np.stack([self.passages.anchors[:, 2].astype(np.int64), owners], axis=1)
        return np.unique(pairs, axis=0).reshape(-1, 2)
