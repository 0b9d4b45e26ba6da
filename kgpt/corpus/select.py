"""The part of a corpus that carries most facts within a budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kgpt.corpus.base import Arrays, Rule, WholeStep, corpus_steps
from kgpt.corpus.coverage import Carried, Mask, choose
from kgpt.corpus.facts import TripleFacts, entity_hash, linked_entities
from kgpt.corpus.sketching import FIGURE
from kgpt.kg.graph import KnowledgeGraph
from kgpt.randomness import stable_hash
from kgpt.records import NIL, Document, Dropped

_FACTOR = 0x9E3779B97F4A7C15
_MASK = 2**64 - 1


@corpus_steps.register("select")
@dataclass(frozen=True, kw_only=True, slots=True)
class Select(WholeStep):
    """Keep the documents that carry most facts, rare ones first, by greedy weighted coverage (ours; Nemhauser, 1978).

    With a graph a fact is a triple whose two ends a document links; without one, a linked entity, and two that are
    linked near each other. What each further document says of a fact counts less. Documents without facts come last,
    and ties, by a hash of their ids. Those left out go as `not_selected`. The decision takes 55 bytes for each fact of
    each document while it is made.

    Args:
        max_documents: so many stay.
        max_words: so many words (between blanks) stay.
        frac: that share of the documents stays. One of the three must be given.
        fall: the weight of a fact is multiplied by it with every document chosen that carries it.
        pair_distance: without a graph, entities whose links are so many apart make a fact, too.
        seed: another seed, other ties.
    """

    max_documents: Annotated[int, Field(ge=1)] | None = None
    max_words: Annotated[int, Field(ge=1)] | None = None
    frac: Annotated[float, Field(gt=0, le=1)] | None = None
    fall: Annotated[float, Field(ge=0, lt=1)] = 0.5
    pair_distance: Annotated[int, Field(ge=0)] = 5
    seed: int = 0

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.max_documents, self.max_words, self.frac)) != 1:
            raise ValueError("give one of max_documents, max_words and frac: how much is to stay")

    def sketch(self, documents: Sequence[Document], graph: KnowledgeGraph | None, /) -> Arrays:
        """The facts of each document."""
        if graph is None:
            told = [self._entities_and_pairs(document) for document in documents]
            facts, lengths = np.concatenate([*told, np.zeros(0, np.uint64)]), np.array([len(one) for one in told])
        else:
            facts, lengths = TripleFacts(graph).of([linked_entities(one) for one in documents])
        return {
            "facts": facts,
            "num_facts": lengths.astype(np.int64),
            "num_words": np.array([len(one.text.split()) for one in documents], np.int64),
            "ties": np.array([stable_hash("select", one.id, self.seed) for one in documents], np.uint64),
        }

    def decide(self, sketches: Arrays) -> Arrays:
        """Which documents stay; the share of facts that they carry, and that as many chosen at random do."""
        carried = Carried.of(sketches["facts"], sketches["num_facts"])
        costs, budget = self._costs(sketches["num_words"])
        order = np.argsort(sketches["ties"], kind="stable")
        stays = choose(carried, costs, order, budget=budget, fall=self.fall)
        chance = np.argsort(np.argsort(sketches["ties"] * np.uint64(_FACTOR), kind="stable"))
        return {
            "stays": stays,
            f"{FIGURE}facts_covered": np.array(carried.covered_frac(stays)),
            f"{FIGURE}facts_covered_at_random": np.array(carried.covered_frac(_taken(chance, costs, budget))),
        }

    def rule(self, decision: Arrays) -> Rule:
        """Drop the others."""
        stays = decision["stays"]
        return lambda document, row: document if stays[row] else Dropped(document.id, "not_selected")

    def _costs(self, num_words: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
        """What each document costs, and what all that stay may."""
        if self.max_words is not None:
            return np.maximum(num_words, 1), self.max_words
        num_documents = round((self.frac or 0) * len(num_words)) if self.max_documents is None else self.max_documents
        return np.ones(len(num_words), np.int64), num_documents

    def _entities_and_pairs(self, document: Document) -> NDArray[np.uint64]:
        linked = [entity_hash(link.entity) for link in document.links if link.entity != NIL]
        pairs = {
            (min(one, other) * _FACTOR + max(one, other)) & _MASK
            for place, one in enumerate(linked)
            for other in linked[place + 1 : place + 1 + self.pair_distance]
            if one != other
        }
        return np.array(sorted(pairs.union(linked)), np.uint64)


def _taken(places: NDArray[np.int64], costs: NDArray[np.int64], budget: int) -> Mask:
    """The documents that fit the budget when taken in the order of `places`."""
    order = np.argsort(places)
    found = np.zeros(len(places), bool)
    found[order[np.cumsum(costs[order]) <= budget]] = True
    return found
