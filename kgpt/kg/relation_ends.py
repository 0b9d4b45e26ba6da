"""Which entities each relation has been seen to have as heads, and which as tails.

Shapes: T triples, E entities, R relations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class RelationEnds:
    """The distinct ends of every relation on one side, and how many triples each is in.

    Args:
        entities: ordered by relation, then number, int32 [N].
        num_triples: of the relation with the entity at that side, int64 [N].
        indptr: where each relation's begin, and the end, int64 [R + 1].
    """

    entities: NDArray[np.int32]
    num_triples: NDArray[np.int64]
    indptr: NDArray[np.int64]

    @classmethod
    def of(cls, triples: NDArray[np.int32], side: int, *, num_entities: int, num_relations: int) -> "RelationEnds":
        """The ends on `side` (0 heads, 2 tails) of `triples` [T, 3]."""
        keys = triples[:, 1].astype(np.int64) * num_entities + triples[:, side]
        distinct, counts = np.unique(keys, return_counts=True)
        edges = np.arange(num_relations + 1) * np.int64(num_entities)
        return cls(
            entities=(distinct % max(1, num_entities)).astype(np.int32),
            num_triples=counts.astype(np.int64),
            indptr=np.searchsorted(distinct, edges).astype(np.int64),
        )

    @property
    def counts(self) -> NDArray[np.int64]:
        """Distinct ends of each relation, [R]."""
        return np.diff(self.indptr)
