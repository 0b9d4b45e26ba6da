"""Whether the lines of a text are those of prose, not of lists and menus."""

from dataclasses import dataclass
from typing import ClassVar

from kgpt.corpus.base import QualityFilter, corpus_steps
from kgpt.corpus.gopher_repetition import repeated
from kgpt.records import Document

END_MARKS = (".", "?", "!", '"', "'", "”", "’", "…", "。", "？", "！", "।", "؟")


@corpus_steps.register("fineweb")
@dataclass(frozen=True, kw_only=True, slots=True)
class FineWeb(QualityFilter):
    """FineWeb's own rules (Penedo et al., 2024, section 3.6), with its thresholds.

    Args:
        min_end_mark_frac: a smaller share of lines that end with a mark of punctuation goes as `too_few_end_marks`.
        short_chars: up to here a line is short.
        max_short_frac: a larger share of short lines goes as `too_many_short_lines`.
        max_duplicate_chars: a larger share of characters in lines that stood before goes as `duplicate_line_chars`.
        max_lines_per_word: more line breaks a word go as `list` (datatrove's rule; not in the paper).
    """

    min_end_mark_frac: float = 0.12
    short_chars: int = 30
    max_short_frac: float = 0.67
    max_duplicate_chars: float = 0.01
    max_lines_per_word: float = 0.3

    RULES: ClassVar[tuple[str, ...]] = (
        "empty",
        "too_few_end_marks",
        "too_many_short_lines",
        "duplicate_line_chars",
        "list",
    )

    def broken_rule(self, document: Document) -> str | None:
        """The first rule that `document` breaks, or None where it stays."""
        lines = [line for line in map(str.strip, document.text.split("\n")) if line]
        if not lines:
            return "empty"
        if sum(line.endswith(END_MARKS) for line in lines) < self.min_end_mark_frac * len(lines):
            return "too_few_end_marks"
        if sum(len(line) <= self.short_chars for line in lines) > self.max_short_frac * len(lines):
            return "too_many_short_lines"
        if repeated(lines)[1] > self.max_duplicate_chars:
            return "duplicate_line_chars"
        num_words = len(document.text.split())
        return "list" if document.text.count("\n") > self.max_lines_per_word * num_words else None
