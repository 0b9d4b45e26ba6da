"""What a training reads: the batches of any step, by its number alone."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.batch import Batch
from kgpt.sequences.mixing import Shown


class Steps(Protocol):
    """A `Mixture`, or `Phases` of them."""

    @property
    def tokens_per_step(self) -> int:
        """Nodes read and words written a step, on average."""

    @property
    def num_sequences(self) -> Mapping[str, int]:
        """Sequences a step of every stream."""

    @property
    def most_sequences(self) -> int:
        """Sequences a step of the largest stream; of phases that of the phase with the fewest."""

    @property
    def replayed(self) -> Mapping[str, float]:
        """The streams whose hard records are read more often; `observe` must be told their losses."""

    def batches(self, step: int, *, rank: int = 0, world: int = 1) -> tuple[Batch, ...]:
        """The batches of one step; of `world` processes each has its own part of every stream."""

    def stream_names(self, step: int, *, rank: int = 0, world: int = 1) -> tuple[str, ...]:
        """The streams of `batches(step, rank=rank, world=world)`, in their order."""

    def num_sequences_at(self, step: int) -> Mapping[str, int]:
        """Sequences of every stream that a step reads."""

    def passes(self, num_steps: int) -> dict[str, float]:
        """How often each stream's records are seen in `num_steps` steps."""

    @property
    def shows(self) -> Mapping[str, Shown]:
        """What facts a pass over each stream tells."""

    def observe(self, step: int, losses: Mapping[str, NDArray[np.float32]]) -> None:
        """Take in the losses of a step's sequences of every replayed stream, in order over all processes."""

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What a checkpoint must keep to go on exactly."""

    def load_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from what a checkpoint kept."""
