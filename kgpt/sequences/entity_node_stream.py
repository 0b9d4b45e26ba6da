"""Masked text followed by a node for every mention's entity, some of them masked (LUKE, Yamada et al., 2020, 3.3)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.passage_window import cut_window, passages_with
from kgpt.sequences.sequence import NO_TARGET, Sequence
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph import NodeKind

_ALL_MASKED = MaskingSettings(mask_prob=1.0, random_prob=0.0)


@dataclass(frozen=True, kw_only=True)
class EntityNodeStream:
    """Words, then entities; all see each other.

    Args:
        passages: the texts with their anchors.
        vocabulary: of the words.
        num_entities: of the graph; the number after the last masks.
        max_tokens: words of a sequence.
        max_entities: entity nodes of a sequence.
        max_mention_tokens: longer mentions get no node.
        words: how words are masked.
        entities: how entities are masked.
    """

    passages: PassageStore
    vocabulary: Vocabulary
    num_entities: int
    max_tokens: int = 512
    max_entities: int = 128
    max_mention_tokens: int = 30
    words: MaskingSettings = MaskingSettings()
    entities: MaskingSettings = _ALL_MASKED

    def __len__(self) -> int:
        return len(self._kept)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage with its entities, some words and entities hidden."""
        window = cut_window(self.passages, int(self._kept[index]), self.max_tokens - 2, rng)
        first, wrapped = len(self.vocabulary.prefix), self.vocabulary.wrap(window.words)
        mentions_M5 = window.mentions(first=first)
        short = mentions_M5[:, 1] - mentions_M5[:, 0] <= self.max_mention_tokens
        mentions_M5 = mentions_M5[short][: self.max_entities]
        mentions_M5[:, 4] = len(wrapped) + np.arange(len(mentions_M5))
        ids, targets = self._masked(np.concatenate([wrapped, mentions_M5[:, 2]]), first, len(window.words), rng)
        kinds = np.full(len(ids), NodeKind.WORD, np.int8)
        kinds[len(wrapped) :] = NodeKind.ENTITY
        positions = np.concatenate([np.arange(len(wrapped)), mentions_M5[:, 0]])
        return Sequence(ids, kinds, positions, targets, mentions=mentions_M5)

    def _masked(
        self, ids: NDArray[np.int64], first: int, num_words: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Words and entities masked, each kind by itself; `first` is the first word that may be."""
        words = KindVocabulary.of(self.vocabulary)
        places = np.arange(first, first + num_words)
        ids, targets = mask_nodes(ids, places, vocabulary=words, settings=self.words, rng=rng)
        nodes = np.arange(first + num_words + len(self.vocabulary.suffix), len(ids))
        entities = KindVocabulary(size=self.num_entities, mask=self.num_entities)
        ids, asked = mask_nodes(ids, nodes, vocabulary=entities, settings=self.entities, rng=rng)
        return ids, np.where(asked == NO_TARGET, targets, asked)

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        return passages_with(self.passages, min_mentions=1)
