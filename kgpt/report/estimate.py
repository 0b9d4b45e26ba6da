"""Figures with their uncertainty: the mean over seeds, and how far it may be off.

The interval is one standard deviation over the seeds where there are several; of a single seed's share it is
Wilson's 95 % interval (Wilson, 1927), of any other single value there is none.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

Key = tuple[str, str, str, str]
"""Arm, task, subset, metric."""

_SHARES = frozenset({"exact_match", "p_at_1", "hits_at_1", "hits_at_3", "hits_at_10"})
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Estimate:
    """One arm's value of one measure.

    Args:
        mean: over the seeds.
        low: lower end of the interval.
        high: upper end of the interval.
        n: items that were asked.
        spread: standard deviation over the seeds; None where there is one seed.
    """

    mean: float
    low: float
    high: float
    n: int
    spread: float | None = None


def estimates(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Estimate]:
    """The estimate of every arm, task, subset and metric in the rows of `results.json`."""
    found: dict[Key, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["arm"], row["task"], row["subset"], row["metric"]].append(row)
    return {key: _estimate(key[3], group) for key, group in found.items()}


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `n` items.

    >>> [round(end, 3) for end in wilson(0.5, 100)]
    [0.404, 0.596]
    """
    if n == 0:
        return 0.0, 1.0
    shrunk = 1 + _Z95**2 / n
    middle = (share + _Z95**2 / (2 * n)) / shrunk
    reach = _Z95 / shrunk * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _estimate(metric: str, rows: Sequence[Mapping[str, Any]]) -> Estimate:
    values, n = [float(row["value"]) for row in rows], int(rows[0]["n"])
    middle = mean(values)
    if len(values) > 1:
        spread = stdev(values)
        return Estimate(middle, middle - spread, middle + spread, n, spread)
    low, high = wilson(middle, n) if metric in _SHARES else (middle, middle)
    return Estimate(middle, low, high, n)
