"""Masked sentences with facts as branches (K-BERT, Liu et al., 2020)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.passage_window import PassageWindow, cut_window, first_mentions, passages_with
from kgpt.sequences.sequence import Sequence
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph import NodeKind
from kgpt.wkgraph.sentence_tree import Branch, build_sentence_tree


@dataclass(frozen=True, kw_only=True)
class SentenceTreeStream:
    """Passages with up to so many facts at every entity's first mention.

    Args:
        passages: the texts with their anchors.
        graph: the facts.
        vocabulary: of the words.
        max_tokens: of trunk and branches.
        max_trunk_tokens: of the trunk.
        max_facts: branches a mention (K-BERT: 2).
        choice: which of an entity's facts: `first` in the graph's order (as K-BERT, whose order hangs on a hash), or
            `random`, drawn anew at every pass.
        masking: of the trunk's words.
    """

    passages: PassageStore
    graph: KnowledgeGraph
    vocabulary: Vocabulary
    max_tokens: int = 256
    max_trunk_tokens: int = 128
    max_facts: int = 2
    choice: Literal["first", "random"] = "random"
    masking: MaskingSettings = MaskingSettings()

    def __len__(self) -> int:
        return len(self._kept)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage as a sentence tree, some of its trunk's words masked."""
        window = cut_window(self.passages, int(self._kept[index]), self.max_trunk_tokens - 2, rng)
        trunk, first = self.vocabulary.wrap(window.words), len(self.vocabulary.prefix)
        tree = build_sentence_tree(trunk, self._branches(window, first, rng), max_nodes=self.max_tokens)
        kind = KindVocabulary.of(self.vocabulary)
        inner = np.arange(first, first + len(window.words))
        ids, targets = mask_nodes(tree.words, inner, vocabulary=kind, settings=self.masking, rng=rng)
        kinds = np.full(len(ids), NodeKind.WORD, np.int8)
        return Sequence(ids, kinds, tree.positions, targets, tree.visibility)

    def _branches(self, window: PassageWindow, first: int, rng: np.random.Generator) -> list[Branch]:
        branches = []
        for entity, place in first_mentions(window.anchors).items():
            anchor, facts = window.anchors[place], self.graph.outgoing(entity)
            order = np.arange(len(facts)) if self.choice == "first" else rng.permutation(len(facts))
            branches += [
                Branch(anchor.start + first, anchor.end + first, self._words(*facts[row, 1:].tolist()))
                for row in order[: self.max_facts]
            ]
        return branches

    def _words(self, relation: int, tail: int) -> NDArray[np.int64]:
        names = self.graph.relations.label(relation), self.graph.entities.label(tail)
        return np.concatenate([self.vocabulary.encode(name) for name in names])

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        return passages_with(self.passages, min_mentions=1)
