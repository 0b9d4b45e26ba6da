"""The objects of a JSON array, one in memory at a time, or of JSON Lines; the first byte tells which."""

import codecs
import json
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes, read_json_lines

_CHUNK_BYTES = 2**20
_MAX_OBJECT_CHARS = 2**28
_BLANKS = " \t\r\n\ufeff"


def read_objects(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The objects of an array or of lines, each with its number and its place: `FILE:LINE`, `FILE: item N`.

    Raises:
        DataError: torn, not UTF-8, not JSON, or an item that is no object.
    """
    if not _is_array(path):
        yield from ((number, f"{path}:{number}", value) for number, value in read_json_lines(path))
        return
    try:
        with open_bytes(path) as file:
            for number, value in enumerate(_items(file, path), start=1):
                if not isinstance(value, dict):
                    raise DataError(f"{path}: item {number}: expected a JSON object, found {str(value)[:60]!r}")
                yield number, f"{path}: item {number}", value
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason})") from error
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says: {error}") from error


def _is_array(path: Path) -> bool:
    try:
        with open_bytes(path) as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says: {error}") from error


def _items(file: BufferedIOBase, path: Path) -> Iterator[Any]:
    """The items between `[` and `]`, each decoded as soon as the buffer holds it whole."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    scan = json.JSONDecoder().raw_decode
    buffer, number = "", 0
    while True:
        chunk = file.read(_CHUNK_BYTES)
        buffer += decode(chunk, final=not chunk)
        place = 0
        while (start := _item_start(buffer, place)) < len(buffer) and buffer[start] != "]":
            try:
                value, place = scan(buffer, start)
            except RecursionError:
                raise DataError(f"{path}: item {number + 1}: nested too deeply") from None
            except json.JSONDecodeError as error:
                if not chunk or len(buffer) - start > _MAX_OBJECT_CHARS:
                    raise DataError(f"{path}: item {number + 1}: torn or not JSON: {error.msg}") from error
                break
            number += 1
            yield value
        if start < len(buffer) and buffer[start] == "]":
            return
        if not chunk:
            raise DataError(f"{path}: torn after item {number}: the array has no end")
        buffer = buffer[place:]


def _item_start(buffer: str, place: int) -> int:
    """Where the next item begins: behind blanks, the opening bracket, a comma."""
    while place < len(buffer) and buffer[place] in _BLANKS + ",[":
        place += 1
    return place
