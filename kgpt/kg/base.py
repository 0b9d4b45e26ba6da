"""What samplers of a graph are: frozen settings, and one method that draws for a whole batch.

Whoever draws with an equal generator gets equal samples: the generator gives one key, and the k-th draw for the b-th
row of the batch is a function of that key, b and k alone.

Shapes: B rows of a batch, K drawn a row.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.registry import Registry


@dataclass(frozen=True, eq=False, slots=True)
class Neighbors:
    """The edges drawn for a batch of entities; an entity with fewer than K edges has -1 behind its last one.

    Args:
        entities: whose neighbours they are, int64 [B].
        rows: of `graph.triples`, int64 [B, K]; the entity is the head or the tail there.
        others: the other end of each, int32 [B, K].
    """

    entities: NDArray[np.int64]
    rows: NDArray[np.int64]
    others: NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True)
class Negatives:
    """The false triples made for a batch of triples.

    Args:
        triples: each with its head or its tail made another, int32 [B, K, 3].
        found: bool [B, K], False where no corruption of the triple is a negative; the triple itself stands there then.
    """

    triples: NDArray[np.int32]
    found: NDArray[np.bool_]


class NeighborSampler(Protocol):
    """Draws edges of entities, in both directions, without replacement."""

    @property
    def max_neighbors(self) -> int:
        """K."""

    def sample(self, graph: KnowledgeGraph, entities: NDArray[np.integer[Any]], rng: np.random.Generator) -> Neighbors:
        """Up to K edges of each of `entities` [B]."""


class NegativeSampler(Protocol):
    """Makes false triples out of true ones."""

    @property
    def per_positive(self) -> int:
        """K."""

    def sample(self, graph: KnowledgeGraph, triples: NDArray[np.int32], rng: np.random.Generator) -> Negatives:
        """K corruptions of each of `triples` [B, 3]; `graph` holds whatever is known to be true."""


neighbor_samplers: Registry[NeighborSampler] = Registry("neighbour sampler")
negative_samplers: Registry[NegativeSampler] = Registry("negative sampler")
