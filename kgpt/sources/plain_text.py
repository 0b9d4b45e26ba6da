"""Plain text: a `.txt` file is one document, a folder of them is a corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgpt.io import read_bytes
from kgpt.records import Document, Dropped, Metadata


@dataclass(frozen=True, slots=True)
class TextFiles:
    """A text file, or all `.txt` files below a folder; one that is not UTF-8 is left out and counted."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The text files, in the order of their paths."""
        return sorted(self.path.rglob("*.txt")) if self.path.is_dir() else [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """One document a file, called by its path below the folder.

        Raises:
            DataError: no such file, or a torn one.
        """
        for path in self.files():
            name = path.relative_to(self.path).as_posix() if path != self.path else path.name
            try:
                yield Document(name, read_bytes(path).decode("utf-8-sig"), metadata=Metadata(source=name))
            except UnicodeDecodeError:
                yield Dropped(name, "not_utf8")
