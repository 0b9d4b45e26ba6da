"""Unicode composed, blanks squeezed, control characters removed; links move with their words, paragraphs stay."""

import re
from dataclasses import dataclass

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.text_change import rewritten
from kgpt.records import Document, Dropped
from kgpt.text import nfc

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u200b\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
_PARAGRAPH = "\n\n"


@corpus_steps.register("normalize")
@dataclass(frozen=True, kw_only=True, slots=True)
class Normalize(SourceStep):
    """Bring the text to one form; a document with nothing left goes as `empty`."""

    def fresh(self) -> Verdict:
        """The step, which remembers nothing."""
        return normalize


def normalize(document: Document) -> Document | Dropped:
    """`document` with its text normalised stretch by stretch between link ends, so that every link stays exact."""
    clean = rewritten(document, _clean)
    return clean if clean.text.strip() else Dropped(document.id, "empty")


def _clean(stretch: str) -> str:
    return _BREAKS.sub(_break, _BLANKS.sub(" ", nfc(_CONTROL.sub("", stretch))))


def _break(found: re.Match[str]) -> str:
    """The end of a line, or of a paragraph."""
    return _PARAGRAPH if found[0].count("\n") > 1 else "\n"
