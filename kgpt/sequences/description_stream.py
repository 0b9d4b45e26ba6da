"""Triples whose ends are read from their descriptions, with false ends to tell them from (KEPLER, Wang et al., 2021).

A batch's rows are the distinct entities of its triples and negatives, each encoded once, whatever it occurs in (the
release encodes every end of every triple anew). Shapes: P triples, K negatives a side, U distinct entities.
"""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.batch import Batch, TripleTensors, collate
from kgpt.sequences.sequence import plain_sequence
from kgpt.sequences.subgraph import TripleTargets
from kgpt.sequences.vocabulary import Vocabulary

_MAX_KEPT = 100_000
"""Descriptions whose word ids are kept in memory."""


@dataclass(frozen=True, eq=False, slots=True)
class TripleRow:
    """One triple with its false ends.

    Args:
        triple: head, relation, tail by number, [3].
        false_heads: entities, [K]; with negatives from the batch only so many lots, to be read as shares of it.
        false_tails: the same for tails, [K].
        num_tokens: words of all descriptions that it brings.
    """

    triple: NDArray[np.int64]
    false_heads: NDArray[np.float64]
    false_tails: NDArray[np.float64]
    num_tokens: int


@dataclass(frozen=True, kw_only=True)
class DescriptionStream:
    """Every triple of a graph, its ends as texts.

    Args:
        graph: the triples and the entities' names and descriptions.
        vocabulary: of the words.
        num_negatives: false heads, and as many false tails, a triple (KEPLER: 1).
        in_batch: negatives are other entities of the batch, which cost nothing to encode.
        max_tokens: of a description.
    """

    graph: KnowledgeGraph
    vocabulary: Vocabulary
    num_negatives: int = 1
    in_batch: bool = False
    max_tokens: int = 64
    _texts: dict[int, NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.graph.num_triples

    def draw(self, index: int, rng: np.random.Generator) -> TripleRow:
        """One triple with uniform false ends, none of them true in the graph."""
        head, relation, tail = self.graph.triples[index].tolist()
        lots = rng.random((2, self.num_negatives))
        entities = [head, tail]
        if not self.in_batch:
            lots = np.array(
                [self._false(lots[0], relation, tail, side=0), self._false(lots[1], relation, head, side=2)]
            )
            entities += lots.astype(np.int64).reshape(-1).tolist()
        num_tokens = sum(len(self.text(entity)) for entity in entities)
        return TripleRow(np.array([head, relation, tail]), lots[0], lots[1], num_tokens)

    def collate(self, rows: SequenceOf[TripleRow], *, pad_id: int) -> Batch:
        """The descriptions of all entities, and the triples between them by row."""
        triples_P3 = np.array([row.triple for row in rows])
        false = [np.array([getattr(row, name) for row in rows]) for name in ("false_heads", "false_tails")]
        own = [] if self.in_batch else [side.astype(np.int64).reshape(-1) for side in false]
        entities_U = np.unique(np.concatenate([triples_P3[:, 0], triples_P3[:, 2], *own]))
        if self.in_batch:
            heads = [self._among(entities_U, r.false_heads, r.triple, side=0) for r in rows]
            tails = [self._among(entities_U, r.false_tails, r.triple, side=2) for r in rows]
            false = [np.array(heads), np.array(tails)]
        places = triples_P3.copy()
        places[:, [0, 2]] = np.searchsorted(entities_U, triples_P3[:, [0, 2]])
        asked = TripleTargets(places, *(np.searchsorted(entities_U, side).astype(np.int64) for side in false))
        batch = collate([plain_sequence(self.text(entity)) for entity in entities_U.tolist()], pad_id=pad_id)
        return replace(batch, triples=TripleTensors.of(asked))

    def text(self, entity: int) -> NDArray[np.int64]:
        """The word ids of an entity's name and description."""
        if entity not in self._texts:
            if len(self._texts) >= _MAX_KEPT:
                self._texts.clear()
            names = self.graph.entities
            told = ". ".join(filter(None, [names.label(entity), names.descriptions[entity]]))
            self._texts[entity] = self.vocabulary.encode_wrapped(told, max_tokens=self.max_tokens)
        return self._texts[entity]

    def _false(self, lots: NDArray[np.float64], relation: int, other: int, *, side: int) -> NDArray[np.int64]:
        """Entities that make no true triple on a side, uniformly: a lot counts among those that do not."""
        true = self._true(relation, other, side)
        if len(true) == self.graph.num_entities:
            return (lots * len(true)).astype(np.int64)  # nothing is false
        drawn = (lots * (self.graph.num_entities - len(true))).astype(np.int64)
        passed = true - np.arange(len(true))  # how many false ones come before each true one
        return drawn + np.searchsorted(passed, drawn, side="right")

    def _among(
        self, entities_U: NDArray[np.int64], lots: NDArray[np.float64], triple: NDArray[np.int64], *, side: int
    ) -> NDArray[np.int64]:
        """Entities of the batch that make no true triple on a side; all of them where the batch has no false one."""
        true = self._true(int(triple[1]), int(triple[2 - side]), side)
        false = entities_U[~np.isin(entities_U, true)]
        pool = false if len(false) else entities_U
        return pool[(lots * len(pool)).astype(np.int64)]

    def _true(self, relation: int, other: int, side: int) -> NDArray[np.int32]:
        """The right entities of a side, sorted."""
        if side == 2:
            return self.graph.tails(other, relation)
        rows = self.graph.incoming(other)
        return np.unique(rows[rows[:, 1] == relation, 0])
