"""Contestants in processes of their own, in turns: what one leaves behind (allocator, caches) helps no other."""

import multiprocessing
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any


def in_turns(contestants: Mapping[str, Callable[[], float]], *, rounds: int = 2) -> dict[str, float]:
    """The median of what every contestant gives, each time in a fork of this process.

    The parent must not have run a torch operation on several threads: their pool does not survive a fork.
    """
    measured: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            measured[name].append(_forked(work))
    return {name: median(values) for name, values in measured.items()}


def _forked(work: Callable[[], float]) -> float:
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=lambda: theirs.send(work()))
    process.start()
    theirs.close()
    try:
        found: float = ours.recv()
    except EOFError as error:
        raise RuntimeError("a contestant died; run it alone to see why") from error
    finally:
        process.join()
    return found
