"""Random numbers within compiled loops: counter-based, so any row of a batch can be drawn again by itself."""

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled

_STEP = np.uint64(0x9E3779B97F4A7C15)


def draw_key(rng: np.random.Generator) -> np.uint64:
    """A key for one batch."""
    return np.uint64(rng.integers(0, 2**64, dtype=np.uint64))


@compiled
def mixed(value: np.uint64) -> np.uint64:
    """`value` with its bits mixed (the finalizer of splitmix64; Steele et al., 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@compiled
def share_of(key: np.uint64, number: int) -> float:
    """A number in [0, 1) for `number` under `key`."""
    return float(mixed(key + (np.uint64(number) + np.uint64(1)) * _STEP) >> np.uint64(11)) * 2.0**-53


@compiled
def begin_row(state: NDArray[np.uint64], key: np.uint64, row: int) -> None:
    """Set `state` [1] to the start of a row's draws."""
    state[0] = mixed(key ^ mixed((np.uint64(row) + np.uint64(1)) * _STEP))


@compiled
def draw_share(state: NDArray[np.uint64]) -> float:
    """The next number in [0, 1)."""
    state[0] += _STEP
    return float(mixed(state[0]) >> np.uint64(11)) * 2.0**-53


@compiled
def draw_below(state: NDArray[np.uint64], limit: int) -> int:
    """The next whole number in `[0, limit)`."""
    return int(draw_share(state) * limit)


@compiled
def draw_places(state: NDArray[np.uint64], num_places: int, num_drawn: int, out: NDArray[np.int64]) -> int:
    """Up to `num_drawn` different ones of `[0, num_places)` into `out`, every set equally likely; gives their number.

    Floyd's algorithm (Bentley and Floyd, 1987) where few are drawn of many, selection sampling (Knuth, volume 2,
    algorithm S) elsewhere.
    """
    if num_places <= num_drawn:
        for place in range(num_places):
            out[place] = place
        return num_places
    count = 0
    if num_drawn * num_drawn > 2 * num_places:
        for place in range(num_places):
            if draw_share(state) * (num_places - place) < num_drawn - count:
                out[count] = place
                count += 1
        return count
    for last in range(num_places - num_drawn, num_places):
        place = draw_below(state, last + 1)
        for i in range(count):
            if out[i] == place:
                place = last
                break
        out[count] = place
        count += 1
    return count
