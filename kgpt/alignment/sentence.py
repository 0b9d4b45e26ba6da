"""Sentences of a text, by spaCy's rule-based splitter (no language model is needed)."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

Span = tuple[int, int]


@lru_cache(maxsize=8)
def sentence_splitter(language: str = "en") -> Callable[[str], list[Span]]:
    """A function from a text to the `[start, end)` spans of its sentences, in code points.

    spaCy is loaded when this is first called; the pipeline is made once a language.
    """
    import spacy

    pipeline: Any = spacy.blank(language)
    pipeline.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "。", "！", "？", "\n"]})

    def split(text: str) -> list[Span]:
        return [(sentence.start_char, sentence.end_char) for sentence in pipeline(text).sents]

    return split
