"""Plain text: a `.txt` file is one document, a folder of them is a corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgpt.io import open_bytes
from kgpt.records import Document, Dropped, Metadata


@dataclass(frozen=True, slots=True)
class TextFiles:
    """A text file, or all `.txt` files below a folder; one that is not UTF-8 is left out and counted."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The text files, in the order of their paths."""
        return sorted(self.path.rglob("*.txt")) if self.path.is_dir() else [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """One document a file."""
        for path in self.files():
            with open_bytes(path) as file:
                content = file.read()
            try:
                yield Document(path.name, content.decode("utf-8"), metadata=Metadata(source=str(path.name)))
            except UnicodeDecodeError:
                yield Dropped(path.name, "not_utf8")
