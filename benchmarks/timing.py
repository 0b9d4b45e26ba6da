"""Rates measured in turns, so that a noisy neighbour hits all contestants alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median


def rates(contestants: Mapping[str, Callable[[], float]], *, rounds: int = 3) -> dict[str, float]:
    """Median units a second of every contestant; each call does its work and gives the units done."""
    measured: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            started = time.perf_counter()
            units = work()
            measured[name].append(units / (time.perf_counter() - started))
    return {name: median(values) for name, values in measured.items()}


def rows(measured: Mapping[str, float], *, unit: str) -> list[list[str]]:
    """Table rows with each rate and its ratio to the first."""
    first = next(iter(measured.values()))
    return [[name, f"{rate:,.0f} {unit}", f"{rate / first:.2f}"] for name, rate in measured.items()]
