"""XML from strangers: no document type, no text without end, no file that breaks off; pyoxigraph checks none of it.

A document type can hold entities that blow up memory. Text runs as long as a line of other files may be. A file
that was cut off between two elements would be read as if it were whole.
"""

import re
from io import BufferedIOBase, RawIOBase
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import MAX_LINE_BYTES, open_bytes

_MAX_PROLOG_BYTES = 16 * 2**20
_TAIL_BYTES = 2**12
_PART = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
"""What may stand before the first element, besides a document type, and after the last."""
_ROOT = re.compile(rb"<([^\s/>\"'=<]+)(?:[^>\"'<]++|\"[^\"]*+\"|'[^']*+')*+>", re.DOTALL)


def read_root(path: Path, *, what: str) -> bytes:
    """The tag of the first element of the XML in `path`; empty where the file is.

    Raises:
        DataError: a DOCTYPE is declared, no element begins within 16 MiB, or it is no XML in UTF-8.
    """
    with open_bytes(path) as file:
        start = file.read(_MAX_PROLOG_BYTES).removeprefix(b"\xef\xbb\xbf")
    place = 0
    while part := _PART.match(start, place):
        place = part.end()
    rest = start[place : place + 9]
    if rest.startswith(b"<!") and not rest.startswith(b"<!--"):
        raise DataError(f"{path}: {what} with a DOCTYPE is refused (entity bombs); remove the declaration")
    if not start:
        return b""
    if rest.startswith((b"<?", b"<!")) or not rest:
        raise DataError(f"{path}: not {what}: no element within the first {_MAX_PROLOG_BYTES:,} bytes")
    if b"\0" in rest or not rest.startswith(b"<"):
        raise DataError(f"{path}: not {what} in UTF-8: found {rest!r} before the first element; convert the file")
    root = _ROOT.match(start, place)
    if root is None:
        raise DataError(f"{path}: not {what}: the first element's tag does not end: {rest!r}")
    return root[0]


class GuardedXml(RawIOBase):
    """A file of XML whose root is known, read through: `check_end` afterwards tells whether it was whole."""

    def __init__(self, file: BufferedIOBase, path: Path, root: bytes, *, what: str) -> None:
        self._file, self._path, self._root, self._what = file, path, root, what
        self._tail = b""
        self._num_text = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as there is something.

        Raises:
            DataError: a text runs on without end.
        """
        chunk = self._file.read1(len(buffer))
        last = chunk.rfind(b"<")
        self._num_text = len(chunk) - last if last >= 0 else self._num_text + len(chunk)
        if self._num_text > MAX_LINE_BYTES:
            raise DataError(
                f"{self._path}: not {self._what}: more than {MAX_LINE_BYTES:,} bytes of text without a tag; split it"
            )
        self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def check_end(self) -> None:
        """See that the root was closed.

        Raises:
            DataError: it was not: the file was cut off.
        """
        if self._root.endswith(b"/>") or not self._root:
            return
        found = _ROOT.match(self._root)
        assert found is not None
        end = rb"</" + re.escape(found[1]) + rb"\s*>(?:\s|<\?.*?\?>|<!--.*?-->)*\Z"
        if not re.search(end, self._tail, re.DOTALL):
            raise DataError(
                f"{self._path}: not {self._what}: <{found[1].decode('utf-8', 'replace')}> is not closed; the file was "
                "cut off: get it again"
            )
