"""What every reader offers: a stream of records, and the files it reads (for fingerprints)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from kgpt.records import Document, Dropped, GraphItem, Question


class GraphSource(Protocol):
    """A reader of one graph."""

    def files(self) -> Sequence[Path]:
        """The files that are read."""

    def read(self) -> Iterator[GraphItem | Dropped]:
        """The graph's records in the source's order, and what the reader leaves out."""


class DocumentSource(Protocol):
    """A reader of documents."""

    def files(self) -> Sequence[Path]:
        """The files that are read."""

    def read(self) -> Iterator[Document | Dropped]:
        """The documents in the source's order, and what the reader leaves out."""


class QuestionSource(Protocol):
    """A reader of questions about a graph."""

    def files(self) -> Sequence[Path]:
        """The files that are read."""

    def read(self) -> Iterator[Question]:
        """The questions in the source's order."""
