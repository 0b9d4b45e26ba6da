"""Lines and paragraphs that stand in many documents, cut out; links follow."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import xxhash
from numpy.typing import NDArray
from pydantic import Field

from kgpt.corpus.base import Arrays, Rule, WholeStep, corpus_steps
from kgpt.corpus.text_change import Edit, counted, edited
from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import Document, Dropped
from kgpt.text import squeeze

Unit = Literal["line", "paragraph"]
_BREAKS = {"line": re.compile(r"\n+"), "paragraph": re.compile(r"\n[^\S\n]*\n\s*")}
EMPTY = "line_duplicates:empty"


@corpus_steps.register("line_duplicates")
@dataclass(frozen=True, kw_only=True, slots=True)
class LineDuplicates(WholeStep):
    """Cut lines that stand in more than `max_documents` documents (Wenzek et al., 2020, section 3.1, for paragraphs).

    Lines are equal whatever their case and blanks. A document with nothing left goes as `line_duplicates:empty`. The
    decision takes 75 bytes for each line.

    Args:
        unit: what is compared: a `line`, or a `paragraph` between empty lines.
        max_documents: a line may stand in so many; 1 is Wenzek's rule, more takes out what every page of a site has.
        keep_first: whether the first document that has such a line keeps it.
        min_words: shorter lines stay.
    """

    unit: Unit = "line"
    max_documents: Annotated[int, Field(ge=1)] = 5
    keep_first: bool = True
    min_words: Annotated[int, Field(ge=1)] = 3

    def sketch(self, documents: Sequence[Document], _graph: KnowledgeGraph | None, /) -> Arrays:
        """A hash of each different line."""
        told = [np.unique(self._hashed(document.text)[0]) for document in documents]
        return {
            "lines": np.concatenate([*told, np.zeros(0, np.uint64)]),
            "num_lines": np.array([len(one) for one in told], np.int64),
        }

    def decide(self, sketches: Arrays) -> Arrays:
        """The lines that are in too many documents, and the first document of each."""
        rows = np.repeat(np.arange(len(sketches["num_lines"])), sketches["num_lines"])
        lines, firsts, counts = np.unique(sketches["lines"], return_index=True, return_counts=True)
        is_repeated = counts > self.max_documents
        return {"lines": lines[is_repeated], "owners": rows[firsts[is_repeated]]}

    def rule(self, decision: Arrays) -> Rule:
        """Cut them, but for those that the document is the first to have."""
        lines, owners = np.asarray(decision["lines"]), np.asarray(decision["owners"])
        if not len(lines):
            return lambda document, _row: document

        def apply(document: Document, row: int) -> Document | Dropped:
            hashes, spans = self._hashed(document.text)
            places = np.minimum(np.searchsorted(lines, hashes), len(lines) - 1)
            goes = lines[places] == hashes
            goes &= ~(self.keep_first & (owners[places] == row))
            return _without(document, [span for span, is_gone in zip(spans, goes.tolist(), strict=True) if is_gone])

        return apply

    def _hashed(self, text: str) -> tuple[NDArray[np.uint64], list[tuple[int, int]]]:
        """The lines that are long enough, as hashes and as spans with the break behind them."""
        told = [(key, span) for key, span in _lines(text, self.unit) if key.count(" ") + 1 >= self.min_words]
        hashes = (xxhash.xxh3_64_intdigest(key.encode("utf-8", "replace")) for key, _ in told)
        return np.fromiter(hashes, np.uint64, len(told)), [span for _, span in told]


def _lines(text: str, unit: Unit) -> Iterator[tuple[str, tuple[int, int]]]:
    start = 0
    for found in _BREAKS[unit].finditer(text):
        yield _key(text[start : found.start()]), (start, found.end())
        start = found.end()
    yield _key(text[start:]), (start, len(text))


def _key(line: str) -> str:
    """What makes two lines equal."""
    return squeeze(line).casefold()


def _without(document: Document, spans: Sequence[tuple[int, int]]) -> Document | Dropped:
    if not spans:
        return document
    after = edited(document, [Edit(*span) for span in spans])
    if not after.text.strip():
        return Dropped(document.id, EMPTY)
    told = {"line_duplicates:line": len(spans), "line_duplicates:link": len(document.links) - len(after.links)}
    return counted(after, told)
