"""A stream: records of one kind from which training sequences are drawn, by index and randomness alone."""

from typing import Protocol

import numpy as np

from kgpt.sequences.sequence import Sequence


class Stream(Protocol):
    """Records that can be drawn as sequences; the same index and generator give the same sequence."""

    def __len__(self) -> int:
        """Number of records: one pass over them is an epoch of the stream."""

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """A sequence from record `index`."""
