"""How sure and how large a paired difference is: permuted signs, Cohen's d_z, Holm's correction for many tests.

Shapes: N items, R resamples.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NUM_SIGN_DRAWS = 99_999
"""So many that a p of 0.001 can still be reached after a correction for some twenty tests."""

_MAX_EXACT = 14
_ROUNDING = 1e-9


def sign_flip_p(differences: NDArray[np.float64], *, num_draws: int = NUM_SIGN_DRAWS) -> float:
    """Two-sided p of paired differences [N] whose signs are permuted (Fisher, 1935, section 21).

    Exact for up to 14 items that differ; beyond, of so many draws, the observed one counted among them (Phipson and
    Smyth, 2010). Items that differ by as much share one binomial draw, so that shares of right answers are fast.

    >>> sign_flip_p(np.array([1.0, 1.0, 1.0, 0.0]))
    0.25
    """
    sizes = np.abs(differences[differences != 0])
    if not len(sizes):
        return 1.0
    observed = abs(differences.sum()) * (1 - _ROUNDING)
    if len(sizes) <= _MAX_EXACT:
        signs = 1 - 2 * (np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes)) & 1)
        return float((np.abs(signs @ sizes) >= observed).mean())
    sums, rng = np.zeros(num_draws), np.random.default_rng(0)
    for size, count in zip(*np.unique(sizes.round(12), return_counts=True), strict=True):
        sums += size * (2 * rng.binomial(count, 0.5, num_draws) - count)
    return float((1 + (np.abs(sums) >= observed).sum()) / (1 + num_draws))


def effect_size(differences: NDArray[np.float64]) -> float | None:
    """Cohen's d_z of paired differences [N]: their mean over their standard deviation (Lakens, 2013, equation 6).

    None where it is not defined: a single item, or all items differ by the same.

    >>> effect_size(np.array([1.0, 0.0, 1.0, 0.0]))
    0.8660254037844387
    """
    if not differences.any():
        return 0.0
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    return float(differences.mean()) / spread if spread > _ROUNDING else None


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being several, in their order (Holm, 1979): each is right at its face value.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    found = np.asarray(p_values, float)
    order = np.argsort(found, kind="stable")
    adjusted = np.empty(len(found))
    steps = found[order] * np.arange(len(found), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(one) for one in adjusted]
