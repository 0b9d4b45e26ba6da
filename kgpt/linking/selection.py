"""Which readings of a text stand together: mentions that do not overlap, with the highest sum of belief.

Weighted interval scheduling: a match is worth what its best candidate's probability has above the NIL threshold, times
the square root of its length in tokens, so that the longer of two equally likely names wins.

Shapes: M matches, P pairs of a match and a candidate.
"""

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled


def best_matches(
    first: NDArray[np.int64], last: NDArray[np.int64], probabilities: NDArray[np.float64], *, threshold: float
) -> NDArray[np.int64]:
    """The matches that are chosen, in reading order.

    Args:
        first: first token of each match, [M].
        last: one past its last token, [M].
        probabilities: of each match's best candidate, [M].
        threshold: a match that is not likelier is NIL.
    """
    worth = (probabilities - threshold) * np.sqrt(last - first)
    able = np.flatnonzero(worth > 0)
    able = able[np.argsort(last[able], kind="stable")]
    return able[_schedule(first[able], last[able], worth[able])]


@compiled
def _schedule(first: NDArray[np.int64], last: NDArray[np.int64], worth: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of the intervals chosen; intervals are sorted by their ends."""
    totals = np.zeros(len(first) + 1)
    before = np.searchsorted(last, first, side="right")
    for i in range(len(first)):
        totals[i + 1] = max(totals[i], totals[before[i]] + worth[i])
    chosen = np.empty(len(first), np.int64)
    count, i = 0, len(first)
    while i > 0:
        if totals[i] == totals[i - 1]:
            i -= 1
        else:
            chosen[count] = i - 1
            count += 1
            i = before[i - 1]
    return chosen[:count][::-1].copy()


@compiled
def best_pairs(
    probabilities: NDArray[np.float64], indptr: NDArray[np.int64], numbers: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The likeliest pair of each of some matches, the first of equal ones.

    Args:
        probabilities: of all pairs, [P].
        indptr: where each match's pairs begin, [M + 1]; a match has at least one.
        numbers: which matches.
    """
    out = np.empty(len(numbers), np.int64)
    for i in range(len(numbers)):
        best = indptr[numbers[i]]
        for pair in range(best + 1, indptr[numbers[i] + 1]):
            if probabilities[pair] > probabilities[best]:
                best = pair
        out[i] = best
    return out
