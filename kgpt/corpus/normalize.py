"""Unicode composed, blanks squeezed, control characters removed; links move with their words."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from kgpt.corpus.base import Verdict, corpus_steps
from kgpt.records import Document, Dropped, Link
from kgpt.text import nfc

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u200b\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")


@corpus_steps.register("normalize")
@dataclass(frozen=True, kw_only=True, slots=True)
class Normalize:
    """Bring the text to one form; a document with nothing left goes as `empty`."""

    remembers: ClassVar[bool] = False

    def begin(self) -> Verdict:
        """The step, which remembers nothing."""
        return normalize


def normalize(document: Document) -> Document | Dropped:
    """`document` with its text normalised stretch by stretch between link ends, so that every link stays exact."""
    told = [link for link in document.links if _clean(document.surface(link))]
    ends = {0, len(document.text)} | {end for link in told for end in (link.start, link.end)}
    moved, parts, length = {}, [], 0
    for start, end in pairwise(sorted(ends)):
        moved[start] = length
        parts.append(_clean(document.text[start:end]))
        length += len(parts[-1])
    moved[len(document.text)] = length
    text = "".join(parts)
    if not text.strip():
        return Dropped(document.id, "empty")
    links = (Link(moved[x.start], moved[x.end], x.entity, x.score) for x in told)
    return replace(document, text=text, links=tuple(links))


def _clean(stretch: str) -> str:
    return _BREAKS.sub("\n", _BLANKS.sub(" ", nfc(_CONTROL.sub("", stretch))))
