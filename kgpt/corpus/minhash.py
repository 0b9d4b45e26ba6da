"""MinHash signatures of texts, and pairs of texts that are alike by them (Broder, 1997).

Shapes: D texts, P permutations, W words of all texts together.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.randomness import generator

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_PAIRS_AT_ONCE = 1 << 16
Signatures = NDArray[np.uint16]
"""The low 16 bits of each text's smallest hashes, [D, P]: by chance one in 65,536 is equal (Li and Koenig, 2010)."""


def signatures(
    words: NDArray[np.uint64], ends: NDArray[np.int64], *, shingle_words: int, num_hashes: int
) -> Signatures:
    """The signatures of texts whose words are hashes; one of less than `shingle_words` words is a single shingle.

    Args:
        words: of all texts, [W].
        ends: where each text begins, and the end, [D + 1].
        shingle_words: words of a shingle.
        num_hashes: P.
    """
    rng = generator("minhash", num_hashes)
    factors = rng.integers(0, 2**32, num_hashes, np.uint32) | np.uint32(1)
    shifts = rng.integers(0, 2**32, num_hashes, np.uint32)
    return _signatures(words, ends, shingle_words, factors, shifts)


@compiled
def _signatures(
    words: NDArray[np.uint64],
    ends: NDArray[np.int64],
    shingle_words: int,
    factors: NDArray[np.uint32],
    shifts: NDArray[np.uint32],
) -> Signatures:
    num_hashes = len(factors)
    found = np.empty((len(ends) - 1, num_hashes), np.uint16)
    least = np.empty(num_hashes, np.uint32)
    for text in range(len(ends) - 1):
        start, stop = ends[text], ends[text + 1]
        least[:] = np.uint32(0xFFFFFFFF)
        for place in range(start, max(stop - shingle_words + 1, start + 1)):
            mixed = np.uint64(0)
            for other in range(place, min(place + shingle_words, stop)):
                mixed = (mixed + words[other]) * _FACTOR
                mixed ^= mixed >> np.uint64(29)
                mixed *= _MIX
            value = np.uint32(mixed >> np.uint64(32))
            for number in range(num_hashes):
                hashed = np.uint32(value * factors[number] + shifts[number])
                hashed ^= hashed >> np.uint32(15)
                least[number] = min(least[number], hashed)
        for number in range(num_hashes):
            found[text, number] = np.uint16(least[number] & np.uint32(0xFFFF))
    return found


def band_keys(columns: NDArray[np.unsignedinteger[Any]], *extra: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One key of 64 bits for the values of each row of `columns` [D, R] and of `extra` [D]."""
    found = np.zeros(len(columns), np.uint64)
    for column in (*columns.T, *extra):
        found = (found ^ column.astype(np.uint64)) * _FACTOR
        found ^= found >> np.uint64(31)
        found *= _MIX
    return found


def neighbours(keys: NDArray[np.uint64], tie: NDArray[np.uint64], *, window: int) -> NDArray[np.int64]:
    """Pairs of rows that share a key, [n, 2]: each row with the `window` next ones, those of one `tie` side by side."""
    order = np.lexsort((tie, keys))
    ordered = keys[order]
    found = []
    for distance in range(1, window + 1):
        at = np.flatnonzero(ordered[distance:] == ordered[:-distance])
        if not len(at):
            break
        found.append(np.stack([order[at], order[at + distance]], axis=1))
    pairs = np.concatenate([*found, np.zeros((0, 2), np.int64)])
    return np.sort(pairs, axis=1)


def agreement(left: Signatures, right: Signatures) -> NDArray[np.float64]:
    """The share of equal columns of each row: an unbiased estimate of the texts' Jaccard similarity."""
    return np.concatenate(
        [
            np.zeros(0),
            *(
                (left[first : first + _PAIRS_AT_ONCE] == right[first : first + _PAIRS_AT_ONCE]).mean(axis=1)
                for first in range(0, len(left), _PAIRS_AT_ONCE)
            ),
        ]
    )
