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


@dataclass(frozen=True, eq=False, slots=True)
class FrequencyScorer:
    """An entity's triples at that end of the relation, and by its degree where they tie.

    Args:
        counts: by side, triples of every relation with every entity there, [R, E].
        degrees: in [0, 1), [E].
    """

    counts: Mapping[Side, NDArray[np.float32]]
    degrees: NDArray[np.float32]

    @classmethod
    def of(cls, trained: KnowledgeGraph) -> "FrequencyScorer":
        """The frequencies in a graph; an entity that is in none of its triples scores 0."""
        sides: tuple[tuple[Side, int], ...] = (("head", 0), ("tail", 2))
        shape, counts = (trained.num_relations, trained.num_entities), {}
        for side, column in sides:
            counts[side] = np.zeros(shape, np.float32)
            np.add.at(counts[side], (trained.triples[:, 1], trained.triples[:, column]), 1)
        return cls(counts, (trained.degrees / (1 + trained.degrees.max())).astype(np.float32))

    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end, [B, E]."""
        return self.counts[side][triples[:, 1]] + self.degrees


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
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.preprocessing import normalize

        weigher = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+")
        known, texts = weigher.fit_transform(_texts(trained)), weigher.transform(_texts(asked))
        sides: tuple[tuple[Side, int], ...] = (("head", 0), ("tail", 2))
        numbers = [trained.relations.ids.find(one) for one in asked.relations.ids]
        ends = {side: normalize(_uses(trained, numbers, column) @ known) for side, column in sides}
        return cls(texts, ends)

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


def _uses(graph: KnowledgeGraph, relations: list[int | None], column: int) -> Any:
    """How often each entity is an end of each relation, sparse [R, E]; a row of zeros for None."""
    from scipy.sparse import csr_array

    counts = np.zeros((len(relations), graph.num_entities), np.float32)
    for row, relation in enumerate(relations):
        if relation is not None:
            ends = graph.triples[graph.triples[:, 1] == relation, column]
            np.add.at(counts[row], ends, 1)
    return csr_array(counts)
