"""Counter-based randomness: a generator is a function of its keys, so any draw can be made again in any order."""

from hashlib import blake2b

import numpy as np


def stable_hash(*keys: object) -> int:
    """A 64-bit number that depends on the keys alone: not on the process, the machine or the order of calls.

    >>> stable_hash("Q64", 0) == stable_hash("Q64", 0)
    True
    """
    text = "\x1f".join(str(key) for key in keys)
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def stable_fraction(*keys: object) -> float:
    """`stable_hash` as a number in [0, 1): a rule that picks a share of anything by its name."""
    return stable_hash(*keys) / 2**64


def generator(*keys: object) -> np.random.Generator:
    """A random generator for the place that the keys name, say (seed, stream, epoch, index)."""
    return np.random.Generator(np.random.PCG64(stable_hash(*keys)))
