"""Which stretches of words two sets of texts share, by hashed n-grams.

Words are compared as answers are: lower case, without punctuation and articles. A stretch never crosses from one text
into the next. Hashes have 64 bits: a shared one is a shared stretch but for one in some billions.

Shapes: T texts, W words of all texts together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.text import normalize_answer

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, eq=False)
class WordTexts:
    """Texts as numbers of words.

    Args:
        numbers: of every word, one text behind the other, uint64 [W].
        texts: which text each word is in, int64 [W].
        num_texts: T.
    """

    numbers: NDArray[np.uint64]
    texts: NDArray[np.int64]
    num_texts: int

    def hashes(self, num_words: int) -> NDArray[np.uint64]:
        """A hash of the stretch of `num_words` words that begins at each word; meaningless where `inside` is False."""
        length = max(0, len(self.numbers) - num_words + 1)
        found = np.zeros(length, np.uint64)
        for place in range(num_words):
            found = found * _FACTOR + self.numbers[place : place + length]
            found ^= found >> np.uint64(29)
            found *= _MIX
        return found

    def inside(self, num_words: int) -> NDArray[np.bool_]:
        """Whether the stretch of `num_words` words that begins at each word stays in its text."""
        length = max(0, len(self.numbers) - num_words + 1)
        return np.asarray(self.texts[:length] == self.texts[num_words - 1 : num_words - 1 + length])

    @cached_property
    def num_words(self) -> NDArray[np.int64]:
        """The words of each text, [T]."""
        return np.bincount(self.texts, minlength=self.num_texts)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each text begins, [T]."""
        return np.cumsum(self.num_words) - self.num_words


def word_texts(texts: Iterable[str], numbers: dict[str, int]) -> WordTexts:
    """`texts` as numbers of words; `numbers` is filled with words not met before, and shared by what is compared."""
    found: list[int] = []
    lengths: list[int] = []
    for text in texts:
        words = normalize_answer(text).split()
        found += [numbers.setdefault(word, len(numbers) + 1) for word in words]
        lengths.append(len(words))
    places = np.repeat(np.arange(len(lengths)), lengths)
    return WordTexts(np.array(found, np.uint64), places, len(lengths))


def shared(texts: WordTexts, others: WordTexts, num_words: int) -> NDArray[np.bool_]:
    """Whether the stretch of `num_words` words that begins at each word of `texts` stands in any of `others`."""
    known = np.sort(others.hashes(num_words)[others.inside(num_words)])
    hashes = texts.hashes(num_words)
    if not len(known):
        return np.zeros(len(hashes), bool)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.asarray(texts.inside(num_words) & (known[places] == hashes))


def sharing_texts(texts: WordTexts, others: WordTexts, num_words: int) -> NDArray[np.bool_]:
    """Whether each of `texts` shares any stretch of `num_words` words with `others`, [T]."""
    found = np.zeros(texts.num_texts, bool)
    hits = shared(texts, others, num_words)
    found[texts.texts[: len(hits)][hits]] = True
    return found


def longest_shared(texts: WordTexts, others: WordTexts, num_words: int) -> NDArray[np.int64]:
    """The longest run of words of each text that is covered by consecutive shared stretches of `num_words`, [T].

    Stretches one word apart that are each in `others` count as one run, though they may stand far apart there.
    `num_words` is at least 2: a run of single words would not end where its text ends.
    """
    hits = shared(texts, others, num_words)
    edges = np.diff(np.r_[0, hits.astype(np.int8), 0])
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    found = np.zeros(texts.num_texts, np.int64)
    np.maximum.at(found, texts.texts[starts], stops - starts + num_words - 1)
    return found


def quoted(texts: WordTexts, others: WordTexts) -> list[list[int]]:
    """For each of `texts` the numbers of `others` in which all of it stands in a row; one pass for every length."""
    found: list[list[int]] = [[] for _ in range(texts.num_texts)]
    for length in range(1, 1 + int(texts.num_words.max(initial=0))):
        chosen = np.flatnonzero(texts.num_words == length)
        if not len(chosen):
            continue
        inside = np.flatnonzero(others.inside(length))
        hashes = others.hashes(length)[inside]
        order = np.argsort(hashes)
        wanted = texts.hashes(length)[texts.starts[chosen]]
        first, last = (np.searchsorted(hashes, wanted, side, sorter=order) for side in ("left", "right"))
        for place in np.flatnonzero(first < last):
            owners = others.texts[inside[order[first[place] : last[place]]]]
            found[chosen[place]] = sorted(set(owners.tolist()))
    return found


def contains(text: str, phrases: Sequence[str]) -> bool:
    """Whether any of `phrases` stands in `text` as whole words."""
    padded = f" {normalize_answer(text)} "
    return any(plain and f" {plain} " in padded for plain in map(normalize_answer, phrases))
