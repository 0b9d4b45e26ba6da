"""The list of documents that curation dropped: who, why, at which step, how it began."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kgpt.atomic import atomic_file
from kgpt.corpus.clusters import Duplicate
from kgpt.io import json_bytes, read_json_lines
from kgpt.records import Document, Dropped
from kgpt.sources.malformed import told_as_malformed

SNIPPET_CHARS = 200
READING = "reading"
"""The step at which a reader leaves a document out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedDocument:
    """A document that went.

    Args:
        id: of the document.
        reason: why, as the manifest counts it.
        step: at which step.
        source: the document's source; of one that was never read whole, where it was read from.
        text: how it began when it went, `SNIPPET_CHARS` at most.
        duplicate_of: the document that stayed in its place.
    """

    id: str
    reason: str
    step: str
    source: str = ""
    text: str = ""
    duplicate_of: str = ""

    def as_json(self) -> dict[str, str]:
        """A line of the list; what is empty for most documents is left out where it is."""
        told = asdict(self)
        return told if self.duplicate_of else {name: value for name, value in told.items() if name != "duplicate_of"}


def as_dropped(dropped: Dropped, *, step: str, document: Document) -> DroppedDocument:
    """What the list says of `document`, which `dropped` told at `step`."""
    return DroppedDocument(
        id=dropped.id,
        reason=dropped.reason,
        step=step,
        source=document.metadata.source,
        text=document.text[:SNIPPET_CHARS],
        duplicate_of=dropped.of if isinstance(dropped, Duplicate) else "",
    )


@contextmanager
def dropped_file(path: Path) -> Iterator[Callable[[DroppedDocument], None]]:
    """A list that appears at `path`, whole, when the block ends well; gives what writes one document to it."""
    with atomic_file(path) as file:

        def tell(dropped: DroppedDocument) -> None:
            file.write(json_bytes(dropped.as_json()) + b"\n")

        yield tell


def read_dropped(path: Path) -> Iterator[DroppedDocument]:
    """The documents of a list.

    Raises:
        DataError: no such file, or a malformed line.
    """
    for number, value in read_json_lines(path):
        with told_as_malformed(f"{path}:{number}", what="not a dropped document"):
            yield DroppedDocument(**value)
