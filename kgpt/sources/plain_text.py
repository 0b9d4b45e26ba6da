"""Plain text: a `.txt` file is one document, or each of its lines is; a folder of them is a corpus.

text:FOLDER?unit=line
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kgpt.io import read_bytes, read_lines
from kgpt.records import Document, Dropped, Metadata
from kgpt.sources.documents import files_below


@dataclass(frozen=True, slots=True)
class TextFiles:
    """A text file, or all `.txt` files (plain or compressed) below a folder.

    Args:
        path: the file or folder.
        unit: what is one document. A file is held in memory whole; of lines, one at a time.
    """

    path: Path
    unit: Literal["file", "line"] = "file"

    def files(self) -> Sequence[Path]:
        """The text files, in the order of their paths."""
        return files_below(self.path, {".txt"})

    def read(self) -> Iterator[Document | Dropped]:
        """The documents, called by their paths below the folder (and lines); a file that is not UTF-8 is left out.

        Raises:
            DataError: no such file, a torn one, or (by lines) one that is not UTF-8.
        """
        for path in self.files():
            name = path.relative_to(self.path).as_posix() if path != self.path else path.name
            metadata = Metadata(source=name)
            if self.unit == "line":
                yield from (Document(f"{name}-{number}", line, metadata=metadata) for number, line in read_lines(path))
                continue
            try:
                yield Document(name, read_bytes(path).decode("utf-8-sig"), metadata=metadata)
            except UnicodeDecodeError:
                yield Dropped(name, "not_utf8")
