"""Whether a text says the same again and again, by the characters of its repeated lines and word sequences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.base import QualityFilter, corpus_steps
from kgpt.records import Document

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
Words = NDArray[np.uint64]
"""Numbers that stand for words or for sequences of them."""


@corpus_steps.register("gopher_repetition")
@dataclass(frozen=True, kw_only=True, slots=True)
class GopherRepetition(QualityFilter):
    """Gopher's repetition rules (Rae et al., 2021, table A1), with its thresholds.

    Words are what blanks part, shares are of their characters. As the paper says it, a character in several repeated
    sequences counts once, and so do the characters of a sequence's first occurrence (datatrove leaves these out).

    Args:
        max_duplicate_line_frac: a larger share of lines that stood before goes as `duplicate_lines`.
        max_duplicate_paragraph_frac: the same of paragraphs: `duplicate_paragraphs`.
        max_duplicate_line_chars: a larger share of characters in such lines: `duplicate_line_chars`.
        max_duplicate_paragraph_chars: the same in paragraphs: `duplicate_paragraph_chars`.
        max_top_chars: of the most frequent sequence of 2, 3, 4 words: `top_2_gram` and so on.
        max_duplicate_chars: of all repeated sequences of 5, 6, ... 10 words: `duplicate_5_grams` and so on.
    """

    max_duplicate_line_frac: float = 0.30
    max_duplicate_paragraph_frac: float = 0.30
    max_duplicate_line_chars: float = 0.20
    max_duplicate_paragraph_chars: float = 0.20
    max_top_chars: tuple[float, ...] = (0.20, 0.18, 0.16)
    max_duplicate_chars: tuple[float, ...] = (0.15, 0.14, 0.13, 0.12, 0.11, 0.10)

    RULES: ClassVar[tuple[str, ...]] = (
        "duplicate_lines",
        "duplicate_line_chars",
        "duplicate_paragraphs",
        "duplicate_paragraph_chars",
        "top_2_gram",
        "top_3_gram",
        "top_4_gram",
        "duplicate_5_grams",
        "duplicate_6_grams",
        "duplicate_7_grams",
        "duplicate_8_grams",
        "duplicate_9_grams",
        "duplicate_10_grams",
    )

    def broken_rule(self, document: Document) -> str | None:
        """The first rule that `document` breaks, or None where it stays."""
        lines = [line for line in document.text.split("\n") if line.strip()]
        paragraphs = [stretch for stretch in document.text.split("\n\n") if stretch.strip()]
        share, chars = repeated(lines)
        if share > self.max_duplicate_line_frac:
            return "duplicate_lines"
        if chars > self.max_duplicate_line_chars:
            return "duplicate_line_chars"
        share, chars = repeated(paragraphs)
        if share > self.max_duplicate_paragraph_frac:
            return "duplicate_paragraphs"
        if chars > self.max_duplicate_paragraph_chars:
            return "duplicate_paragraph_chars"
        return self._repeated_words(document.text.split())

    def _repeated_words(self, words: Sequence[str]) -> str | None:
        """The first rule on word sequences that `words` break."""
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        ends = np.concatenate([[0], np.cumsum(lengths)])
        first_duplicates = 2 + len(self.max_top_chars)
        for num_words, grams in enumerate(_sequences(words, first_duplicates + len(self.max_duplicate_chars)), start=2):
            if num_words < first_duplicates:
                if _top_chars(grams, num_words, ends) > self.max_top_chars[num_words - 2] * ends[-1]:
                    return f"top_{num_words}_gram"
                continue
            is_repeated = _is_repeated(grams)
            if not is_repeated.any():  # then no longer sequence is repeated either
                return None
            chars = lengths[_covered(is_repeated, num_words)].sum()
            if chars > self.max_duplicate_chars[num_words - first_duplicates] * ends[-1]:
                return f"duplicate_{num_words}_grams"
        return None


def repeated(pieces: Sequence[str]) -> tuple[float, float]:
    """Shares of `pieces`, and of their characters, that stood before.

    >>> repeated(["a", "bcd", "a", "a"])
    (0.5, 0.3333333333333333)
    """
    counts = Counter(pieces)
    if len(counts) == len(pieces):
        return 0.0, 0.0
    chars = sum(len(piece) * (count - 1) for piece, count in counts.items())
    return (len(pieces) - len(counts)) / len(pieces), chars / sum(map(len, pieces))


def _sequences(words: Sequence[str], stop: int) -> Iterator[Words]:
    """A number for every sequence of 2 words, then for those of 3, to `stop - 1`; equal for equal sequences."""
    numbers: dict[str, int] = {}
    ids = np.fromiter((numbers.setdefault(word, len(numbers)) for word in words), np.uint64, len(words))
    mixed = (ids + np.uint64(1)) * _FACTOR
    mixed ^= mixed >> np.uint64(29)
    for num_words, grams in enumerate(accumulate([mixed] * (stop - 1), lambda left, _: _longer(left, mixed)), start=1):
        if num_words > 1 and len(grams) > 1:
            yield grams


def _longer(grams: Words, mixed: Words) -> Words:
    """Sequences of one word more: each is made of one of `grams` and the word behind it."""
    num_words = len(mixed) - len(grams) + 1
    return grams[:-1] * _FACTOR + mixed[num_words:] if len(grams) > 1 else grams[:0]


def _top_chars(grams: Words, num_words: int, ends: NDArray[np.int64]) -> int:
    """Characters of the most frequent sequence in all its occurrences; of equally frequent ones, the longest."""
    _, firsts, counts = np.unique(grams, return_index=True, return_counts=True)
    if (most := counts.max()) < 2:
        return 0
    starts = firsts[counts == most]
    return int((ends[starts + num_words] - ends[starts]).max() * most)


def _is_repeated(grams: Words) -> NDArray[np.bool_]:
    """Which of `grams` occur elsewhere, too."""
    order = np.argsort(grams, kind="stable")
    is_same = np.diff(grams[order]) == 0
    found = np.zeros(len(grams), bool)
    found[order[1:]] |= is_same
    found[order[:-1]] |= is_same
    return found


def _covered(is_repeated: NDArray[np.bool_], num_words: int) -> NDArray[np.bool_]:
    """Which words lie in a repeated sequence."""
    change = np.zeros(len(is_repeated) + num_words, np.int64)
    change[: len(is_repeated)] += is_repeated
    change[num_words:] -= is_repeated
    return np.cumsum(change)[:-1] > 0
