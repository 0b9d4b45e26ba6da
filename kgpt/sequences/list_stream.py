"""Heads and relations with all their tails as one answer: "s, r, <extra_id_0>" -> "o1, o2, ..." (ours)."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.piecewise import PieceEncoder
from kgpt.sequences.sequence import Sequence
from kgpt.sequences.triple_stream import HIDDEN, answering
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.answer_list import AnswerLists, ListOrder
from kgpt.verbalization.linearization import SEPARATOR
from kgpt.verbalization.naming import GraphNames


@dataclass(frozen=True, kw_only=True)
class ListStream:
    """Every pair of head and relation of a graph, its tails behind one sentinel.

    Args:
        graph: whose; nothing else is seen.
        vocabulary: of the model.
        order: of the tails in the answer.
        max_answers: a longer list keeps its first.
        min_answers: pairs with fewer tails are passed over.
        max_tokens: longer texts are cut.
    """

    graph: KnowledgeGraph
    vocabulary: Vocabulary
    order: ListOrder = "label"
    max_answers: int = 10
    min_answers: int = 2
    max_tokens: int = 128
    lists: AnswerLists = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lists = AnswerLists(self.graph, self.order, self.max_answers, self.min_answers)
        object.__setattr__(self, "lists", lists)

    def __len__(self) -> int:
        return len(self.lists)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One pair; nothing is drawn."""
        del rng
        head, relation = self.lists.pair(index)
        between = SEPARATOR + self._names.relations[relation] + SEPARATOR
        source = self._encoder.ids([self._names.mention(head), between, HIDDEN])
        label = self.graph.entities.label
        answer = SEPARATOR.join(label(tail) for tail in self.lists.tails(index))
        return answering(source, [answer], self.vocabulary, max_tokens=self.max_tokens)

    @cached_property
    def _names(self) -> GraphNames:
        return GraphNames(self.graph)

    @cached_property
    def _encoder(self) -> PieceEncoder:
        return PieceEncoder(self.vocabulary)
