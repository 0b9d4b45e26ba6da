"""Names to entities: every label and alias of a graph with its candidates and their priors.

The prior of an entity given a name, p(entity | name), is proportional to its weight for that name: labels weigh
more than aliases, entities with many triples more than those with few (popularity stands in for anchor counts,
which only linked text gives: `with_anchors`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import NIL, Document
from kgpt.text import nfc, squeeze, words

_ALIAS_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may mean, by number, with its prior in [0, 1]."""

    entity: int
    prior: float


@dataclass(frozen=True, slots=True)
class AliasIndex:
    """Candidates by name, and the longest name that begins with each first word."""

    candidates: Mapping[str, tuple[Candidate, ...]]
    max_words: Mapping[str, int]

    @classmethod
    def of(cls, graph: KnowledgeGraph, *, min_chars: int = 2) -> "AliasIndex":
        """The index over all names of at least `min_chars` characters."""
        return cls._from_weights(_name_weights(graph, min_chars))

    @classmethod
    def with_anchors(cls, graph: KnowledgeGraph, documents: Iterable[Document], *, min_chars: int = 2) -> "AliasIndex":
        """The index whose priors also count how often `documents` link each name to each entity."""
        weights = _name_weights(graph, min_chars)
        for document in documents:
            for link in document.links:
                number = None if link.entity == NIL else graph.entities.ids.find(link.entity)
                if number is not None and words(document.surface(link)):
                    weights[name_key(document.surface(link))][number] += 10.0
        return cls._from_weights(weights)

    @classmethod
    def _from_weights(cls, weights: Mapping[str, Mapping[int, float]]) -> "AliasIndex":
        longest: dict[str, int] = {}
        for name in weights:
            parts = words(name)
            longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
        return cls({name: _candidates(entities) for name, entities in weights.items()}, longest)

    def __len__(self) -> int:
        return len(self.candidates)


def name_key(surface: str) -> str:
    """What a surface is looked up by: blanks, composed characters and apostrophes in one form."""
    return squeeze(nfc(surface)).replace("’", "'")


def _name_weights(graph: KnowledgeGraph, min_chars: int) -> dict[str, defaultdict[int, float]]:
    popularity = np.sqrt(1.0 + graph.degrees)
    weights: dict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for number in range(graph.num_entities):
        for rank, surface in enumerate(graph.entities.surfaces(number)):
            name = name_key(surface)
            if len(name) >= min_chars and words(name):
                weights[name][number] += float(popularity[number]) * (_ALIAS_WEIGHT if rank else 1.0)
    return weights


def _candidates(weights: Mapping[int, float]) -> tuple[Candidate, ...]:
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Candidate(entity, weight / total) for entity, weight in ranked)
