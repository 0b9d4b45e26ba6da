"""Sentences of a text, by spaCy's rule-based splitter (no language model is needed)."""

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kgpt.errors import ConfigError

Span = tuple[int, int]


@lru_cache(maxsize=8)
def sentence_splitter(language: str = "en") -> Callable[[str], list[Span]]:
    """A function from a text to the `[start, end)` spans of its sentences, in code points.

    spaCy is loaded when this is first called; the pipeline is made once a language.

    Raises:
        ConfigError: spaCy does not know the language.
    """
    import spacy

    try:
        pipeline: Any = spacy.blank(language)
    except ImportError as error:
        raise ConfigError(f"alignment.language: spaCy knows no language {language!r}; say a code like 'en'") from error
    pipeline.max_length = sys.maxsize  # the limit guards parsers, which are not used here
    pipeline.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "。", "！", "？", "\n"]})

    def split(text: str) -> list[Span]:
        return [(sentence.start_char, sentence.end_char) for sentence in pipeline(text).sents]

    return split
