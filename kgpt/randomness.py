"""Counter-based randomness: a generator is a function of its keys, so any draw can be made again in any order."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from heapq import nsmallest
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


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


def hash_sample(items: Iterable[Item], most: int, *, keys: Callable[[Item], tuple[object, ...]]) -> list[Item]:
    """At most `most` of the items, in the order of the hashes of their `keys`; holds no more of them.

    Which ones does not depend on the order of the items: a sorted file gives no slanted sample.

    >>> hash_sample("abc", 2, keys=lambda one: ("seed", one)) == hash_sample("cba", 2, keys=lambda one: ("seed", one))
    True
    """
    return nsmallest(most, items, key=lambda one: stable_hash(*keys(one)))


def generator(*keys: object) -> np.random.Generator:
    """A random generator for the place that the keys name, say (seed, stream, epoch, index)."""
    return np.random.Generator(np.random.PCG64(stable_hash(*keys)))
