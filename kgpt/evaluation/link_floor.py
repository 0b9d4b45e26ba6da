"""What link prediction must beat: how often an entity is an end of the relation, and what shared words say.

Shapes: B triples at once, E entities, R relations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.evaluation.link_ranking import Side
from kgpt.kg.graph import KnowledgeGraph

FREQUENCY = "frequency"
"""The subset under which the figures of `FrequencyScorer` stand."""


@dataclass(frozen=True, eq=False, slots=True)
class FrequencyScorer:
    """An entity's triples at that end of the relation, and by its degree where they tie.

    Args:
        counts: by side, triples of every relation with every entity there, sparse [R, E].
        degrees: in [0, 1), [E].
    """

    counts: Mapping[Side, Any]
    degrees: NDArray[np.float32]

    @classmethod
    def of(cls, trained: KnowledgeGraph) -> "FrequencyScorer":
        """The frequencies in a graph; an entity that is in none of its triples scores 0."""
        most = trained.degrees.max(initial=0)
        return cls(_uses(trained), (trained.degrees / (1 + most)).astype(np.float32))

    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end, [B, E]."""
        return np.asarray(self.counts[side][triples[:, 1]].toarray() + self.degrees, np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class WordScorer:
    """Cosines of bags of words: to the other end's, and to those of the relation's known ends on that side.

    An untrained reader of names and descriptions: it needs no vector of an entity, so it can be asked for unseen ones.
    The given end itself, which is most like itself, comes last.

    Args:
        texts: of the entities that are ranked, rows of length 1, sparse [E, words].
        ends: by side, the mean of every relation's ends in training, rows of length 1, sparse [R, words].
    """

    texts: Any
    ends: Mapping[Side, Any]

    @classmethod
    def of(cls, trained: KnowledgeGraph, asked: KnowledgeGraph) -> "WordScorer":
        """Words weighed by TF-IDF over the entities of `trained`; those of `asked` are ranked.

        Args:
            trained: its triples tell what the ends of a relation are like.
            asked: another numbering is fine; a relation that `trained` has not tells nothing.
        """
        from scipy.sparse import csr_array
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.preprocessing import normalize

        weigher = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+")
        known, texts = weigher.fit_transform(_texts(trained)), weigher.transform(_texts(asked))
        numbers = [trained.relations.ids.find(one) for one in asked.relations.ids]
        places = [(row, number) for row, number in enumerate(numbers) if number is not None]
        same = csr_array(
            (np.ones(len(places), np.float32), np.array(places, np.int64).reshape(-1, 2).T),
            shape=(len(numbers), trained.num_relations),
        )
        return cls(texts, {side: normalize(same @ uses @ known) for side, uses in _uses(trained).items()})

    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end, [B, E]."""
        given = triples[:, 0 if side == "tail" else 2]
        alike = self.texts[given] + self.ends[side][triples[:, 1]]
        scores_BE = np.asarray((alike @ self.texts.T).toarray(), np.float32)
        scores_BE[np.arange(len(triples)), given] = -1.0
        return scores_BE


def _texts(graph: KnowledgeGraph) -> list[str]:
    names = graph.entities
    return [f"{names.label(number)} {names.descriptions[number]}" for number in range(graph.num_entities)]


def _uses(graph: KnowledgeGraph) -> dict[Side, Any]:
    """By side, how often each entity is that end of each relation, sparse [R, E]."""
    from scipy.sparse import csr_array

    sides: tuple[tuple[Side, int], ...] = (("head", 0), ("tail", 2))
    shape = (graph.num_relations, graph.num_entities)
    one = np.ones(len(graph.triples), np.float32)
    relations = graph.triples[:, 1]
    return {side: csr_array((one, (relations, graph.triples[:, column])), shape=shape) for side, column in sides}
