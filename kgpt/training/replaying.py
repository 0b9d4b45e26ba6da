"""Losses of single sequences told back to a mixture that reads hard records more often.

Shapes: B sequences of a batch, K sequences of a stream a step.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import TrainerCallback

from kgpt.sequences.steps import Steps
from kgpt.training.processes import Processes

_Told = dict[str, list[tuple[int, NDArray[np.float32]]]]


class ReplayWatch(TrainerCallback):  # type: ignore[misc]
    """Collects a step's losses over its parts and all processes, and hands them on when the step is taken.

    Args:
        mixture: which streams are replayed, and who is told.
        processes: that train together.
        parts: that a process reads a step in.
    """

    def __init__(self, mixture: Steps, processes: Processes, *, parts: int) -> None:
        self._mixture, self._processes, self._parts = mixture, processes, parts
        self._part = 0
        self._told: _Told = defaultdict(list)

    def places(self, step: int) -> tuple[int, ...]:
        """Which of the batches that are read next are of a replayed stream."""
        names = self._names(step)
        return tuple(place for place, name in enumerate(names) if name in self._mixture.replayed)

    def tell(self, step: int, losses: list[torch.Tensor]) -> None:
        """Take in the losses [B] of the batches that `places` named."""
        names = self._names(step)
        for place, told in zip(self.places(step), losses, strict=True):
            self._told[names[place]].append((self._share, told.numpy().astype(np.float32)))
        self._part += 1

    def on_step_end(self, args: Any, state: Any, control: Any, **keywords: Any) -> None:
        """Hand the step's losses on."""
        del args, control, keywords
        if not self._mixture.replayed:
            return
        step, shares = state.global_step - 1, self._processes.world * self._parts
        counts = self._mixture.num_sequences_at(step)
        whole = {name: np.full(counts[name], np.nan, np.float32) for name in self._mixture.replayed if name in counts}
        for told in self._processes.gather(dict(self._told)):
            for name, parts in told.items():
                for share, losses in parts:
                    whole[name][share::shares] = losses
        self._mixture.observe(step, whole)
        self._part, self._told = 0, defaultdict(list)

    @property
    def _share(self) -> int:
        return self._processes.rank + self._processes.world * self._part

    def _names(self, step: int) -> tuple[str, ...]:
        shares = self._processes.world * self._parts
        return self._mixture.stream_names(step, rank=self._share, world=shares)
