"""The words of many texts as arrays: hashes, and which of them look like names or numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray

_TOKEN = re.compile(r"\w+|[.!?:\n]")
_ENDS = frozenset(".!?:\n")
_OPENERS = frozenset(
    """a an and as at by during for from he her his if in it its no of on one she since some that the their there these
    they this those to was we when where which while with you""".split()  # noqa: SIM905
)
"""Words that open sentences and name nothing, in lower case."""


@dataclass(frozen=True, eq=False, slots=True)
class ShardWords:
    """The words of D texts, one text behind the other; W words in all.

    Args:
        hashes: of each word in lower case, uint64 [W].
        ends: where each text begins, and the end, int64 [D + 1].
        is_name: words with a capital that do not begin a sentence, numbers, and the name that a text opens with, [W].
    """

    hashes: NDArray[np.uint64]
    ends: NDArray[np.int64]
    is_name: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "ShardWords":
        """The words of `texts`."""
        numbers = _Numbers()
        rows = [np.fromiter(map(numbers.__getitem__, _TOKEN.findall(text)), np.int32) for text in texts]
        lengths = np.array([len(row) for row in rows], np.int64)
        tokens = np.concatenate([*rows, np.zeros(0, np.int32)])
        hashes, kinds = np.array(numbers.hashes, np.uint64), np.array(numbers.kinds, np.int8)
        starts = np.cumsum(lengths) - lengths
        kind = kinds[tokens]
        begins = np.zeros(len(tokens), bool)
        begins[1:] = kind[:-1] == _END
        begins[starts[lengths > 0]] = True
        is_name = (kind == _NUMBER) | ((kind >= _CAPITAL) & ~begins) | _opens(kind, starts[lengths > 0])
        is_word = kind != _END
        ends = np.concatenate([[0], np.cumsum(is_word)])[np.append(starts, len(tokens))]
        return cls(hashes[tokens[is_word]], ends, is_name[is_word])


_PLAIN, _END, _NUMBER, _CAPITAL, _NAMING = range(5)
"""Kinds of words: with a capital, and with one though it opens no sentence as a plain word."""


class _Numbers(dict[str, int]):
    """Numbers of tokens in the order in which they come, with the hash and the kind of each."""

    def __init__(self) -> None:
        self.hashes: list[int] = []
        self.kinds: list[int] = []

    def __missing__(self, token: str) -> int:
        lower = token.lower()
        self.hashes.append(xxhash.xxh3_64_intdigest(lower.encode("utf-8", "replace")))
        self.kinds.append(_kind(token, lower))
        self[token] = len(self)
        return len(self) - 1


def _kind(token: str, lower: str) -> int:
    if token in _ENDS:
        return _END
    if token[0].isdigit():
        return _NUMBER
    if not token[0].isupper():
        return _PLAIN
    return _CAPITAL if lower in _OPENERS else _NAMING


def _opens(kind: NDArray[np.int8], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The capital words in a row with which each text begins: what it is about; words like `The` are none."""
    found = np.zeros(len(kind), bool)
    places = starts
    while len(places):
        places = places[kind[places] == _NAMING]
        found[places] = True
        places = places[places + 1 < len(kind)] + 1
        places = places[~np.isin(places, starts)]
    return found
