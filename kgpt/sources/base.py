"""What every reader offers: a stream of records, and the files it reads (for fingerprints)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from kgpt.records import Document, Dropped, GraphItem, Question
from kgpt.sources.block import Block, DroppedBlock


class GraphSource(Protocol):
    """A reader of one graph."""

    def files(self) -> Sequence[Path]:
        """The files that are read."""

    def read(self) -> Iterator[GraphItem | Dropped]:
        """The graph's records in the source's order, and what the reader leaves out."""


@runtime_checkable
class BulkSource(GraphSource, Protocol):
    """A reader that can also give many records at once."""

    def blocks(self) -> Iterator[GraphItem | Dropped | Block]:
        """What `read` says, in blocks where the form allows."""


def read_bulk(source: GraphSource) -> Iterator[GraphItem | Dropped | Block]:
    """What a source says, in blocks where it can: what a graph builder reads."""
    return source.blocks() if isinstance(source, BulkSource) else source.read()


def num_records(item: GraphItem | Dropped | Block) -> int:
    """How many records an item is: a block counts as what it holds."""
    if isinstance(item, DroppedBlock):
        return item.count
    return len(item.spans) if isinstance(item, Block) else 1


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

    def read(self) -> Iterator[Question | Dropped]:
        """The questions in the source's order, and what the reader leaves out."""
