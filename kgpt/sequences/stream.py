"""What sequences are drawn from: records that can be drawn, by index and randomness alone."""

from collections.abc import Sequence as SequenceOf
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.batch import Batch
from kgpt.sequences.subgraph import Subgraph


class Row(Protocol):
    """What a stream draws: a `Sequence`, or something that the stream collates itself."""

    @property
    def num_tokens(self) -> int:
        """What it costs of a step's budget."""


class Stream(Protocol):
    """Records that can be drawn as sequences; the same index and generator give the same sequence."""

    def __len__(self) -> int:
        """Number of records: one pass over them is an epoch of the stream."""

    def draw(self, index: int, rng: np.random.Generator) -> Any:
        """A sequence (or another `Row`) from record `index`."""


@runtime_checkable
class CollatingStream(Protocol):
    """A stream that makes the batch of its rows itself."""

    def collate(self, rows: SequenceOf[Any], *, pad_id: int) -> Batch:
        """The batch of `rows`."""


@runtime_checkable
class NeighborhoodStream(Protocol):
    """A stream whose entities are encoded with their neighbourhood."""

    def neighborhood(
        self, read: NDArray[np.int64], others: NDArray[np.int64], rng: np.random.Generator
    ) -> Subgraph | None:
        """The graph around the entities that a batch reads or asks for, and around its other candidates.

        None where none is asked for. Both are distinct and sorted.
        """


@runtime_checkable
class CandidateStream(Protocol):
    """A stream whose entities are predicted among sampled candidates."""

    def draw_candidates(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Negative entities for a batch, with repeats."""

    def log_expected(self, candidates: NDArray[np.int64]) -> NDArray[np.float32] | None:
        """Log of how often each candidate is expected in a draw (for the logQ correction), or None for none."""
