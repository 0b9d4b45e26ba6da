"""A curriculum: mixtures one after the other, each for so many steps, read as one mixture.

Every phase has a seed of its own, derived from the run's, so its order does not repeat the last one's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.batch import Batch
from kgpt.sequences.mixing import Mixture, Shown


@dataclass(frozen=True, eq=False)
class Phase:
    """A mixture that is read for `steps` steps."""

    mixture: Mixture
    steps: int


@dataclass(frozen=True, eq=False)
class Phases:
    """Phases in order; the last goes on where more steps are asked for than they have."""

    phases: Sequence[Phase]

    @property
    def tokens_per_step(self) -> int:
        """Of the phase that reads least."""
        return min(phase.mixture.tokens_per_step for phase in self.phases)

    @property
    def num_sequences(self) -> Mapping[str, int]:
        """Sequences a step of every stream, in the phase that reads least of it."""
        told = [phase.mixture.num_sequences for phase in self.phases]
        return {name: min(one[name] for one in told if name in one) for names in told for name in names}

    def batches(self, step: int, *, rank: int = 0, world: int = 1) -> tuple[Batch, ...]:
        """The batches of one step; see `Mixture.batches`."""
        mixture, own = self._at(step)
        return mixture.batches(own, rank=rank, world=world)

    def stream_names(self, step: int, *, rank: int = 0, world: int = 1) -> tuple[str, ...]:
        """The streams of `batches(step, rank=rank, world=world)`, in their order."""
        mixture, own = self._at(step)
        return mixture.stream_names(own, rank=rank, world=world)

    def num_sequences_at(self, step: int) -> Mapping[str, int]:
        """Sequences of every stream that a step reads."""
        return self._at(step)[0].num_sequences

    def passes(self, num_steps: int) -> dict[str, float]:
        """How often each stream's records are seen in `num_steps` steps."""
        found: dict[str, float] = {}
        for first, phase in zip(self._firsts, self.phases, strict=True):
            taken = max(0, min(phase.steps, num_steps - first))
            for name, times in phase.mixture.passes(taken).items():
                found[name] = found.get(name, 0.0) + times
        return found

    @property
    def most_sequences(self) -> int:
        """Sequences a step of the largest stream, in the phase with the fewest."""
        return min(phase.mixture.most_sequences for phase in self.phases)

    @property
    def shows(self) -> Mapping[str, Shown]:
        """What facts a pass over each stream of any phase tells."""
        return {name: shown for phase in self.phases for name, shown in phase.mixture.shows.items()}

    @property
    def replayed(self) -> Mapping[str, float]:
        """The streams that any phase replays."""
        return {name: share for phase in self.phases for name, share in phase.mixture.replayed.items()}

    def observe(self, step: int, losses: Mapping[str, NDArray[np.float32]]) -> None:
        """Take in a step's losses; see `Mixture.observe`."""
        mixture, own = self._at(step)
        mixture.observe(own, losses)

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What a checkpoint must keep."""
        told = [(number, phase.mixture.state()) for number, phase in enumerate(self.phases)]
        return {f"{number}/{name}": value for number, state in told for name, value in state.items()}

    def load_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from what a checkpoint kept."""
        for number, phase in enumerate(self.phases):
            start = f"{number}/"
            phase.mixture.load_state({n.removeprefix(start): v for n, v in state.items() if n.startswith(start)})

    @cached_property
    def _firsts(self) -> list[int]:
        """The first step of every phase."""
        return [0, *accumulate(phase.steps for phase in self.phases)][:-1]

    def _at(self, step: int) -> tuple[Mixture, int]:
        """The mixture that a step reads, and the step's number in it."""
        number = int(np.searchsorted(self._firsts, step, side="right")) - 1
        return self.phases[number].mixture, step - self._firsts[number]
