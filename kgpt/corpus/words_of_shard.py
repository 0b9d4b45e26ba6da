"""The words of many texts as arrays: hashes, and which of them look like names or numbers."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray

_TOKEN = re.compile(r"\w+|[.!?:\n]")
_MARKS = frozenset(mark for mark in map(chr, range(0x1F000)) if unicodedata.category(mark) in {"Mn", "Mc"})
"""Vowel signs and accents: `\\w` leaves them out, though they stand within the words of many scripts."""
_MARKED_TOKEN = re.compile(rf"\w[\w{''.join(sorted(_MARKS))}]*|[.!?:\n]")
NO_PLACE = 1 << 40
_FIRST_WORDS = 4
"""So many words at the beginning tell what a text is about where they are of a script without capitals."""
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Chinese and other scripts without blanks: a token is a clause, and no name."""
_ENDS = frozenset(".!?:\n")
_JOINERS = frozenset("of de la for del der von van di da du le al".split())  # noqa: SIM905
"""Words that stand within names."""
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
        is_name: words with a capital that do not begin a sentence, numbers, and the name that a text begins with, [W].
        is_first_name: the first words in a row that are names, with numbers among them: what a text is about, [W].
        is_opening: the first words of a text that are of a script without capitals, [W].
    """

    hashes: NDArray[np.uint64]
    ends: NDArray[np.int64]
    is_name: NDArray[np.bool_]
    is_first_name: NDArray[np.bool_]
    is_opening: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "ShardWords":
        """The words of `texts`."""
        numbers = _Numbers()
        told = map(_tokens, texts)
        rows = [np.fromiter(map(numbers.__getitem__, tokens), np.int32, len(tokens)) for tokens in told]
        lengths = np.array([len(row) for row in rows], np.int64)
        tokens = np.concatenate([*rows, np.zeros(0, np.int32)])
        hashes, kinds = np.array(numbers.hashes, np.uint64), np.array(numbers.kinds, np.int8)
        starts = np.cumsum(lengths) - lengths
        kind = kinds[tokens]
        begins = np.zeros(len(tokens), bool)
        begins[1:] = kind[:-1] == _END
        begins[starts[lengths > 0]] = True
        owners = np.repeat(np.arange(len(texts)), lengths)
        is_naming = ((kind == _CAPITAL) & ~begins) | ((kind == _NAMING) & (~begins | _leads(begins, owners)))
        is_opening = (kind == _CASELESS) & (np.arange(len(tokens)) - starts[owners] < _FIRST_WORDS)
        runs = _first_runs(is_naming, is_naming | (kind == _NUMBER) | (kind == _JOINING), owners)
        is_word = kind != _END
        ends = np.concatenate([[0], np.cumsum(is_word)])[np.append(starts, len(tokens))]
        is_name = is_naming | (kind == _NUMBER)
        return cls(hashes[tokens[is_word]], ends, is_name[is_word], runs[is_word], is_opening[is_word])

    def first_places(self) -> NDArray[np.int64]:
        """The place of the first name in each text, [D]; far beyond every other place where there is none."""
        found = np.full(len(self.ends) - 1, NO_PLACE, np.int64)
        owners = np.repeat(np.arange(len(found)), np.diff(self.ends))
        places = np.flatnonzero(self.is_first_name)
        texts, firsts = np.unique(owners[places], return_index=True)
        found[texts] = places[firsts] - self.ends[texts]
        return found

    def plain_keys(self, *, max_words: int) -> NDArray[np.uint64]:
        """A hash of the different words of each text that are no names, [D]; 0 for texts of more than `max_words`."""
        lengths = np.diff(self.ends)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        is_plain = ~(self.is_name | self.is_first_name) & (lengths[owners] <= max_words)
        rows = np.stack([owners[is_plain].astype(np.uint64), self.hashes[is_plain]], axis=1)
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        is_new = np.append(True, (rows[1:] != rows[:-1]).any(axis=1))[: len(rows)]
        found = np.zeros(len(lengths), np.uint64)
        np.add.at(found, rows[is_new, 0].astype(np.int64), rows[is_new, 1])
        return found


_PLAIN, _END, _JOINING, _NUMBER, _CAPITAL, _NAMING, _CASELESS = range(7)
"""Kinds of tokens: a word with a capital that opens sentences and names nothing, one that may name something, and one
of a script without capitals."""


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


def _tokens(text: str) -> list[str]:
    is_plain = text.isascii() or _MARKS.isdisjoint(text)
    return (_TOKEN if is_plain else _MARKED_TOKEN).findall(text)  # that with marks takes six times as long


def _kind(token: str, lower: str) -> int:
    if token in _ENDS:
        return _END
    if token in _JOINERS:
        return _JOINING
    if token[0].isdigit():
        return _NUMBER
    if not token[0].isupper():
        return _PLAIN if token[0].islower() or _UNSPACED.match(token) else _CASELESS
    return _CAPITAL if lower in _OPENERS else _NAMING


def _leads(begins: NDArray[np.bool_], owners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The very first token of each text."""
    found = np.zeros(len(begins), bool)
    found[:1], found[1:] = True, owners[1:] != owners[:-1]
    return found & begins


def _first_runs(
    is_naming: NDArray[np.bool_], goes_on: NDArray[np.bool_], owners: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """The first token of each text in `is_naming`, and those behind it in `goes_on`."""
    before = np.zeros(len(is_naming), bool)
    before[1:] = goes_on[:-1] & (owners[1:] == owners[:-1])
    run = np.cumsum(~goes_on | ~before)
    places = np.flatnonzero(is_naming)
    texts, firsts = np.unique(owners[places], return_index=True)
    first = np.full(int(owners[-1]) + 1 if len(owners) else 0, len(owners))
    first[texts] = places[firsts]
    starts = first[owners]
    is_behind = np.arange(len(owners)) >= starts
    return np.asarray(goes_on & is_behind & (run == run[np.minimum(starts, len(owners) - 1)]), bool)
