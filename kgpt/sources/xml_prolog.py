"""XML before its first element: a document type there can hold entities that blow up memory, so it is refused."""

import re
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import open_bytes

_MAX_PROLOG_BYTES = 16 * 2**20
_PART = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
"""What may stand before the first element, besides a document type."""


def refuse_doctype(path: Path, *, what: str) -> None:
    """Look at all that stands before the first element of the XML in `path`.

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
    if not start or (rest.startswith(b"<") and b"\0" not in rest and not rest.startswith((b"<?", b"<!"))):
        return
    if rest.startswith((b"<?", b"<!")) or not rest:
        raise DataError(f"{path}: not {what}: no element within the first {_MAX_PROLOG_BYTES:,} bytes")
    raise DataError(f"{path}: not {what} in UTF-8: found {rest!r} before the first element; convert the file")
