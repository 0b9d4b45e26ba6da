"""The edges of every entity, both ways, in groups of one relation and direction.

Shapes: T triples, E entities, R relations, G groups.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class RelationGroups:
    """Rows of a graph's triples by entity, then direction (as head first), then relation; 32 to 48 bytes a triple.

    Args:
        rows: rows of the triples, every one twice (for its head and for its tail), int64 [2 T].
        starts: where each group begins in `rows`, and the end, int64 [G + 1].
        indptr: where each entity's groups begin, and the end, int64 [E + 1].
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    indptr: NDArray[np.int64]

    @classmethod
    def of(cls, triples: NDArray[np.int32], *, num_entities: int, num_relations: int) -> "RelationGroups":
        """The groups of `triples` [T, 3]."""
        codes = 2 * num_relations
        relations = triples[:, 1].astype(np.int64)
        keys = np.concatenate([triples[:, 0] * np.int64(codes), triples[:, 2] * np.int64(codes) + num_relations])
        keys += np.concatenate([relations, relations])
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        owners = keys[firsts] // codes if len(keys) else keys
        return cls(
            rows=order % max(1, len(triples)),
            starts=np.append(firsts, len(keys)).astype(np.int64),
            indptr=np.searchsorted(owners, np.arange(num_entities + 1)).astype(np.int64),
        )
