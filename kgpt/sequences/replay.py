"""Hard records more often: each pass reads a share of the records, drawn by their last loss (Tan et al., 2024).

A pass is `share` of a stream's records, drawn without repeats with weights equal to the last known losses; a record
that was never read weighs more than any that was. Which records a pass reads is settled two steps before its first is
drawn, so that a data loader that reads one step ahead and a resumed run draw the same. Shapes: N records of a stream,
K records of a pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kgpt.randomness import generator

NEVER_READ = 1e6
"""The weight of a record without a loss (as published)."""

_AHEAD = 2


@dataclass(eq=False)
class Replay:
    """The losses of one stream's records, and the orders of the passes in sight.

    Args:
        num_records: N.
        share: of the records a pass reads, in (0, 1].
        seed: of the draws.
        name: of the stream.
    """

    num_records: int
    share: float
    seed: int
    name: str
    losses: NDArray[np.float32] = field(init=False)
    orders: dict[int, NDArray[np.int64]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.losses = np.full(self.num_records, NEVER_READ, np.float32)

    @property
    def pass_length(self) -> int:
        """K."""
        return max(1, round(self.share * self.num_records))

    def record(self, place: int) -> tuple[int, int]:
        """The pass and the record that place `place` of the stream reads."""
        number, rank = divmod(place, self.pass_length)
        if number not in self.orders:
            self.orders[number] = self._drawn(number)
        return number, int(self.orders[number][rank])

    def observe(self, step: int, losses: NDArray[np.float32], *, num_sequences: int) -> None:
        """Take in a step's losses, and settle the passes that the next two steps read.

        Args:
            step: which was taken, from 0.
            losses: of its sequences in order, nan where nothing was asked, [num_sequences].
            num_sequences: of this stream a step.
        """
        places = range(step * num_sequences, (step + 1) * num_sequences)
        records = [self.record(place)[1] for place in places]
        known = np.isfinite(losses)
        self.losses[np.array(records, np.int64)[known]] = losses[known]
        last = (step + 1 + _AHEAD) * num_sequences - 1
        for number in range(places.stop // self.pass_length, last // self.pass_length + 1):
            self.record(number * self.pass_length)
        for number in [one for one in self.orders if one < places.stop // self.pass_length]:
            del self.orders[number]

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What a checkpoint keeps."""
        orders = {f"{self.name}.order.{number}": order for number, order in self.orders.items()}
        return {f"{self.name}.losses": self.losses, **orders}

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from what a checkpoint kept."""
        self.losses = np.array(state[f"{self.name}.losses"], np.float32)
        start = f"{self.name}.order."
        told = {name: order for name, order in state.items() if name.startswith(start)}
        self.orders = {int(name.removeprefix(start)): np.array(order, np.int64) for name, order in told.items()}

    def _drawn(self, number: int) -> NDArray[np.int64]:
        """Weighted draws without repeats: the K largest of u ** (1 / w), in order (Efraimidis and Spirakis, 2006)."""
        rng = generator(self.seed, self.name, "replay", number)
        keys = np.log(rng.random(self.num_records)) / np.maximum(self.losses.astype(np.float64), 1e-9)
        return np.argsort(-keys, kind="stable")[: self.pass_length].astype(np.int64)
