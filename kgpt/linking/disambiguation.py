"""Which candidate a mention means: prior, words around it, and the other entities of the document.

A linear score over three features with hand-set weights: log prior; share of the entity's profile
words (description, neighbours' names) found in the document; share of the document's safe entities that the graph
joins to the candidate. The softmax over a mention's candidates is the link's score. Trained weights: `Weights`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from kgpt.config import Settings
from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking.alias_index import Candidate
from kgpt.linking.mention import Mention
from kgpt.records import NIL, Link
from kgpt.text import words

_MAX_PROFILE_NEIGHBORS = 64


class Weights(Settings):
    """How much each feature counts, and the score below which a mention is NIL."""

    prior: float = 1.0
    context: float = 6.0
    coherence: float = 4.0
    nil_threshold: float = 0.3


@dataclass
class Disambiguator:
    """Chooses among candidates; profiles of entities are made when first needed and kept."""

    graph: KnowledgeGraph
    weights: Weights = field(default_factory=Weights)
    _profiles: dict[int, frozenset[str]] = field(default_factory=dict)
    _neighbors: dict[int, frozenset[int]] = field(default_factory=dict)

    def choose(self, text: str, mentions: Sequence[Mention]) -> list[Link]:
        """A link for every mention, in order; its entity is `NIL` where no candidate is likely enough."""
        if all(len(mention.candidates) == 1 for mention in mentions):
            return [self._link(mention, np.ones(1)) for mention in mentions]
        context = frozenset(word.lower() for word in words(text) if len(word) > 2)
        safe = {m.candidates[0].entity for m in mentions if m.candidates and m.candidates[0].prior > 0.9}
        return [self._link(mention, self._probabilities(mention.candidates, context, safe)) for mention in mentions]

    def _link(self, mention: Mention, probabilities: NDArray[np.float64]) -> Link:
        if not mention.candidates:
            return Link(mention.start, mention.end, NIL, 0.0)
        best = int(probabilities.argmax())
        score = float(probabilities[best])
        entity = self.graph.entities.ids[mention.candidates[best].entity]
        return Link(mention.start, mention.end, entity if score >= self.weights.nil_threshold else NIL, score)

    def _probabilities(
        self, candidates: Sequence[Candidate], context: frozenset[str], safe: Iterable[int]
    ) -> NDArray[np.float64]:
        if len(candidates) < 2:
            return np.ones(len(candidates))
        scores = np.array([self._score(candidate, context, set(safe)) for candidate in candidates])
        exponentials = np.exp(scores - scores.max())
        return np.asarray(exponentials / exponentials.sum())

    def _score(self, candidate: Candidate, context: frozenset[str], safe: set[int]) -> float:
        profile, near = self._profile(candidate.entity), self._near(candidate.entity)
        shared = len(profile & context) / sqrt(4 + len(profile))
        others = safe - {candidate.entity}
        coherent = len(near & others) / len(others) if others else 0.0
        weights = self.weights
        return weights.prior * log(candidate.prior) + weights.context * shared / 4 + weights.coherence * coherent

    def _near(self, entity: int) -> frozenset[int]:
        if entity not in self._neighbors:
            self._neighbors[entity] = frozenset(self.graph.neighbors(entity).tolist())
        return self._neighbors[entity]

    def _profile(self, entity: int) -> frozenset[str]:
        if entity not in self._profiles:
            names = self.graph.entities
            near = sorted(self._near(entity))[:_MAX_PROFILE_NEIGHBORS]
            texts = [names.descriptions[entity], *(names.label(neighbor) for neighbor in near)]
            self._profiles[entity] = frozenset(w.lower() for text in texts for w in words(text) if len(w) > 2)
        return self._profiles[entity]
