"""Masked documents led by a relation and its head, for telling entities and relations apart (ERICA, Qin et al., 2021).

A record is a passage that states a triple between two of its mentioned entities. In front stands "relation head" and
the closing word; behind it the passage. Shapes: M mentions, N entities of the passage, P stated triples.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.randomness import generator
from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.passage_window import PassageWindow, cut_window
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.subgraph import Subgraph, TripleTargets
from kgpt.sequences.vocabulary import Vocabulary

_PLACE = 4
_TRIES = 32


@dataclass(frozen=True, kw_only=True)
class DocumentPairStream:
    """Passages with the triples that they state.

    Args:
        passages: the texts with their anchors and aligned triples.
        graph: names of relations and entities.
        vocabulary: of the words.
        max_tokens: of question and passage.
        masking: of the passage's words; mentions are never masked (their states are compared).
        shuffles_relations: the control: the stated pairs keep their ends and get the relation of another one.
    """

    passages: PassageStore
    graph: KnowledgeGraph
    vocabulary: Vocabulary
    max_tokens: int = 256
    masking: MaskingSettings = MaskingSettings()
    shuffles_relations: bool = False

    def __len__(self) -> int:
        return len(self._kept)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage, led by one of its triples drawn at random; of a long one a stretch that states one, if found."""
        number = int(self._kept[index])
        window, triples_P3 = self._window(number, rng.permutation(self._stated(number)), rng)
        question = self._question(triples_P3[0])
        ids, first = np.concatenate([question, window.words, self.vocabulary.suffix]), len(question)
        mentions_M5 = window.mentions(first=first)
        entities_N = np.unique(mentions_M5[:, 2])
        mentions_M5[:, _PLACE] = np.searchsorted(entities_N, mentions_M5[:, 2])
        corrupted, targets = self._masked(ids, mentions_M5, first, window, rng)
        subgraph = _subgraph(entities_N, triples_P3)
        return replace(plain_sequence(corrupted, targets=targets), mentions=mentions_M5, subgraph=subgraph)

    def _window(
        self, number: int, triples_P3: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[PassageWindow, NDArray[np.int64]]:
        """A stretch of a passage that leaves room for any question, and the triples, those that it states first."""
        room = self.max_tokens - self._most_asked - len(self.vocabulary.prefix) - 2 * len(self.vocabulary.suffix)
        for _ in range(_TRIES):
            window = cut_window(self.passages, number, room, rng)
            entities = [anchor.entity for anchor in window.anchors]
            inside = np.isin(triples_P3[:, 0], entities) & np.isin(triples_P3[:, 2], entities)
            if inside.any():
                break
        return window, np.concatenate([triples_P3[inside], triples_P3[~inside]])

    @property
    def _most_asked(self) -> int:
        """Words of a question, at most."""
        return self.max_tokens // 4

    def _masked(
        self,
        ids: NDArray[np.int64],
        mentions_M5: NDArray[np.int64],
        first: int,
        window: PassageWindow,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        maskable = np.zeros(len(ids), bool)
        maskable[first : first + len(window.words)] = True
        for start, end in mentions_M5[:, :2].tolist():
            maskable[start:end] = False
        kind = KindVocabulary.of(self.vocabulary)
        return mask_nodes(ids, np.flatnonzero(maskable), vocabulary=kind, settings=self.masking, rng=rng)

    def _question(self, triple: NDArray[np.int64]) -> NDArray[np.int64]:
        names = self.graph.relations.label(int(triple[1])), self.graph.entities.label(int(triple[0]))
        words = np.concatenate([self.vocabulary.encode(name) for name in names])
        return self.vocabulary.wrap(words[: self._most_asked])

    def _stated(self, number: int) -> NDArray[np.int64]:
        """The passage's triples whose ends are both mentioned and not the same."""
        first, last = self.passages.triple_indptr[number : number + 2]
        entities = [anchor.entity for anchor in self.passages.anchors_of(number)]
        rows = self._triples[first:last]
        inside = np.isin(rows[:, 0], entities) & np.isin(rows[:, 2], entities)
        return np.asarray(rows[inside & (rows[:, 0] != rows[:, 2])])

    @cached_property
    def _triples(self) -> NDArray[np.int64]:
        """All aligned triples; the control's relations are dealt out anew."""
        triples = np.array(self.passages.triples, np.int64).reshape(-1, 3)
        if self.shuffles_relations:
            triples[:, 1] = generator("relations", len(triples)).permutation(triples[:, 1])
        return triples

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        stated = np.flatnonzero(np.diff(self.passages.triple_indptr))
        return np.array([number for number in stated.tolist() if len(self._stated(number))], np.int64)


def _subgraph(entities_N: NDArray[np.int64], triples_P3: NDArray[np.int64]) -> Subgraph:
    """The passage's entities, and its triples between them; a long passage's window may have lost some ends."""
    inside = np.isin(triples_P3[:, 0], entities_N) & np.isin(triples_P3[:, 2], entities_N)
    places = triples_P3[inside].copy()
    places[:, [0, 2]] = np.searchsorted(entities_N, places[:, [0, 2]])
    none = np.zeros((len(places), 0), np.int64)
    edges, kinds = np.zeros((0, 3), np.int64), np.zeros(len(entities_N), np.int64)
    return Subgraph(entities_N, edges, kinds, TripleTargets(places, none, none))
