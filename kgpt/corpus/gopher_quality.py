"""Whether a text looks like prose, by counts of its words, symbols and lines."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kgpt.corpus.base import QualityFilter, corpus_steps
from kgpt.records import Document

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_LETTER = re.compile(r"[^\W\d_]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_BULLETS = ("-", "*", "•", "‣", "▪", "◦", "●")
_ELLIPSES = ("...", "…")


@corpus_steps.register("gopher_quality")
@dataclass(frozen=True, kw_only=True, slots=True)
class GopherQuality(QualityFilter):
    """Gopher's quality rules (Rae et al., 2021, table A1 and section A.1.1), with its thresholds.

    Words are what blanks part. As in datatrove, a word without a letter or digit counts in no length; stop words
    count once each.

    Args:
        min_words: fewer go as `too_few_words`.
        max_words: more go as `too_many_words`.
        min_word_chars: a lower mean goes as `short_words`.
        max_word_chars: a higher one as `long_words`.
        max_symbols_per_word: more `#` or ellipses a word go as `too_many_hashes`, `too_many_ellipses`.
        max_bullet_line_frac: a larger share of lines that begin with a bullet goes as `too_many_bullets`.
        max_ellipsis_line_frac: a larger share that ends with an ellipsis as `too_many_ellipsis_lines`.
        min_alphabetic_frac: a smaller share of words with a letter goes as `too_few_letters`.
        min_stop_words: fewer different `stop_words` go as `too_few_stop_words`.
        stop_words: those of English; give others with another language.
    """

    min_words: int = 50
    max_words: int = 100_000
    min_word_chars: float = 3.0
    max_word_chars: float = 10.0
    max_symbols_per_word: float = 0.1
    max_bullet_line_frac: float = 0.9
    max_ellipsis_line_frac: float = 0.3
    min_alphabetic_frac: float = 0.8
    min_stop_words: int = 2
    stop_words: tuple[str, ...] = STOP_WORDS

    RULES: ClassVar[tuple[str, ...]] = (
        "too_few_words",
        "too_many_words",
        "short_words",
        "long_words",
        "too_many_hashes",
        "too_many_ellipses",
        "too_many_bullets",
        "too_many_ellipsis_lines",
        "too_few_letters",
        "too_few_stop_words",
    )

    def broken_rule(self, document: Document) -> str | None:
        """The first rule that `document` breaks, or None where it stays."""
        counts = Counter(document.text.split())
        return next((rule for rule, is_broken in self._rules(document.text, counts) if is_broken), None)

    def _rules(self, text: str, counts: Counter[str]) -> Iterator[tuple[str, bool]]:
        """The rules from cheap to dear, each with whether it is broken; read as far as the first that is."""
        told = {word: count for word, count in counts.items() if _LETTER_OR_DIGIT.search(word)}
        num_told, num_words = sum(told.values()), counts.total()
        yield "too_few_words", num_told < max(self.min_words, 1)
        yield "too_many_words", num_told > self.max_words
        mean_chars = sum(len(word) * count for word, count in told.items()) / num_told
        yield "short_words", mean_chars < self.min_word_chars
        yield "long_words", mean_chars > self.max_word_chars
        yield "too_many_hashes", text.count("#") > self.max_symbols_per_word * num_words
        num_ellipses = sum(map(text.count, _ELLIPSES))
        yield "too_many_ellipses", num_ellipses > self.max_symbols_per_word * num_words
        lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
        num_bullets = sum(line.startswith(_BULLETS) for line in lines)
        yield "too_many_bullets", num_bullets > self.max_bullet_line_frac * len(lines)
        num_ellipsis_lines = sum(line.endswith(_ELLIPSES) for line in lines)
        yield "too_many_ellipsis_lines", num_ellipsis_lines > self.max_ellipsis_line_frac * len(lines)
        num_alphabetic = sum(count for word, count in told.items() if _LETTER.search(word))
        yield "too_few_letters", num_alphabetic < self.min_alphabetic_frac * num_words
        yield "too_few_stop_words", self._num_stop_words(counts) < self.min_stop_words

    def _num_stop_words(self, counts: Counter[str]) -> int:
        """How many of the stop words stand in the text, in lower case or at the start of a sentence."""
        return sum(word in counts or word.capitalize() in counts for word in self.stop_words)
