"""What a model knows, looked at while it trains; and an end where it learns no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from transformers import TrainerCallback

from kgpt.model import KgptModel
from kgpt.training.processes import Processes

PREFIX = "probe_"


@dataclass(frozen=True, slots=True)
class Probe:
    """A measurement of a model in training.

    Args:
        measure: gives figures by name, the first of which decides when to stop; higher is better.
        every: steps between two.
        patience: stop when so many in a row were no better than the best before; 0 never stops.
    """

    measure: Callable[[KgptModel], Mapping[str, float]]
    every: int
    patience: int = 0


class Probing(TrainerCallback):  # type: ignore[misc]
    """Measures every so many steps in the first process; the figures join the log as `probe_*`.

    The random state is as if nothing had been measured.
    """

    def __init__(self, probe: Probe, model: KgptModel, processes: Processes, log: Callable[[dict[str, float]], None]):
        self._probe, self._model, self._processes, self._log = probe, model, processes, log

    def on_step_end(self, args: Any, state: Any, control: Any, **keywords: Any) -> None:
        """Measure where it is time, and ask for the end where patience is over."""
        del args, keywords
        if state.global_step % self._probe.every:
            return
        found, wanted = self._processes.first(self._measured), control.should_log
        self._log({f"{PREFIX}{name}": value for name, value in found.items()})
        control.should_log = wanted  # else the step's own point would not be logged
        if self._probe.patience and _is_spent([row for row in state.log_history if _is_probe(row)], self._probe):
            control.should_training_stop = True

    def _measured(self) -> dict[str, float]:
        was_training, devices = self._model.training, list(range(torch.cuda.device_count()))
        with torch.random.fork_rng(devices=devices), torch.no_grad():
            self._model.eval()
            found = dict(self._probe.measure(self._model))
        self._model.train(was_training)
        return found


def probe_points(history: list[dict[str, float]]) -> list[dict[str, float]]:
    """The probes of a training's log, by step."""
    return [row for row in history if _is_probe(row)]


def _is_probe(row: Mapping[str, float]) -> bool:
    return any(name.startswith(PREFIX) for name in row)


def _is_spent(points: list[dict[str, float]], probe: Probe) -> bool:
    """Whether the last `patience` points are no better than the best before them."""
    values = [next(value for name, value in row.items() if name.startswith(PREFIX)) for row in points]
    before, last = values[: -probe.patience], values[-probe.patience :]
    return bool(before) and max(last) <= max(before)
