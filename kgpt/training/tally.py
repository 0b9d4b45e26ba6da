"""What a training has used so far: tokens, seconds, seconds of waiting for data; part of every checkpoint."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState

from kgpt.sequences import Batch
from kgpt.training.processes import ALONE, Processes

Value = TypeVar("Value")


class Tally(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Counts of this process, and with `meet` those of all.

    Args:
        tokens: read and written so far, by all processes.
        seconds: so far, of the first process.
        waited: seconds of them spent waiting for data.
        processes: that train together.
        clock: gives seconds.
    """

    def __init__(
        self,
        tokens: float = 0,
        seconds: float = 0.0,
        waited: float = 0.0,
        *,
        processes: Processes = ALONE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tokens, self.seconds, self.waited = int(tokens), seconds, waited
        self._processes, self._clock = processes, clock
        self._own_tokens, self._since = 0, clock()
        self._told = (self.seconds, self.waited)

    @property
    def data_wait_frac(self) -> float:
        """Share of the time spent waiting for data."""
        return self.waited / self.seconds if self.seconds else 0.0

    def wait_for(self, fetch: Callable[[], Value]) -> Value:
        """What `fetch` gives; the time until then was spent waiting."""
        started = self._clock()
        found = fetch()
        self.waited += self._clock() - started
        return found

    def count(self, batches: Sequence[Batch]) -> None:
        """Take batches that are about to be read into account."""
        self._own_tokens += sum(batch.num_tokens for batch in batches)

    def meet(self) -> None:
        """Bring tokens and seconds up to date; every process must call it."""
        now = self._clock()
        self.seconds, self._since = self.seconds + now - self._since, now
        self.tokens += int(self._processes.sum([self._own_tokens])[0])
        self._own_tokens = 0

    def lately(self) -> float:
        """`data_wait_frac` since the last call."""
        seconds, waited = (new - old for new, old in zip((self.seconds, self.waited), self._told, strict=True))
        self._told = (self.seconds, self.waited)
        return waited / seconds if seconds else 0.0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        """The clock starts here, not when the model is built."""
        self._since = self._clock()

    def state(self) -> dict[str, Any]:
        """What the checkpoint keeps."""
        return {"args": {"tokens": self.tokens, "seconds": self.seconds, "waited": self.waited}, "attributes": {}}
