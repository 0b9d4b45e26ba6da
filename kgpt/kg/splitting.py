"""Splits by fact that no inverse relation leaks across.

Two triples between the same two entities, in either direction, always fall on the same side: `(Q64, capital of,
Q183)` cannot be learnt from while `(Q183, capital, Q64)` is asked for.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError
from kgpt.randomness import stable_fraction
from kgpt.records import Triple


def pair_key(triple: Triple) -> tuple[str, str]:
    """The two ends of a triple, whatever its direction."""
    return (triple.head, triple.tail) if triple.head <= triple.tail else (triple.tail, triple.head)


def split_of(triple: Triple, shares: Mapping[str, float], *, seed: int = 0) -> str:
    """The split that a fact belongs to: a function of its two ends alone.

    Args:
        triple: the fact.
        shares: split to share of all pairs; they sum to 1.
        seed: another seed, another split.

    Raises:
        ConfigError: the shares do not sum to 1.
    """
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise ConfigError(f"shares of a split must sum to 1, found {dict(shares)}")
    place, edge = stable_fraction("split", seed, *pair_key(triple)), 0.0
    for name, share in shares.items():
        edge += share
        if place < edge:
            return name
    return list(shares)[-1]


def overlap(facts: Sequence[Triple], others: Sequence[Triple]) -> int:
    """How many of `facts` are in `others`, the same or turned round by any relation."""
    known = {pair_key(triple) for triple in others}
    return sum(1 for triple in facts if pair_key(triple) in known)


def hold_out(triples: NDArray[np.int32], *, share: float, seed: int) -> NDArray[np.bool_]:
    """Which of `triples` [T, 3] are held out of training, [T]: by unordered pair, so that no inverse stays behind."""
    low, high = np.minimum(triples[:, 0], triples[:, 2]), np.maximum(triples[:, 0], triples[:, 2])
    pairs, inverse = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    held = np.array([stable_fraction("hold_out", seed, int(a), int(b)) < share for a, b in pairs], bool)
    return held[inverse.reshape(-1)]
