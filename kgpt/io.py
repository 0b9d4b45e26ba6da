"""Files: opened whatever their compression, read with their line numbers, JSON among them; their fingerprints."""

import bz2
import hashlib
import lzma
import os
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, cast

import orjson
import zstandard
from isal import igzip, igzip_lib

from kgpt.atomic import atomic_file, write_bytes
from kgpt.errors import DataError

_IGZIP_ERROR = cast(type[Exception], igzip_lib.error)  # its stubs take the class for an instance
TORN_ERRORS = (EOFError, OSError, lzma.LZMAError, zlib.error, _IGZIP_ERROR, zstandard.ZstdError)
"""What reading a torn or misnamed file raises, whatever its compression."""
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar")
MAX_LINE_BYTES = 64 * 2**20
"""A longer line is refused: a small compressed file can hold one larger than the memory."""
MAX_WHOLE_BYTES = 2**30
"""A file that is read in one piece may be so large, decompressed."""
_CHUNK_BYTES = 2**18
_MAX_BZIP2_THREADS = 8
_EMPTY_BZIP2_BYTES = 14


def require_file(path: Path, *, what: str) -> Path:
    """`path`, if a file lies there.

    Raises:
        DataError: there is none.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file ({what}); check the path")
    return path


def open_bytes(path: Path) -> BufferedIOBase:
    """`path` opened for reading, decompressed by its suffix (.gz .bz2 .xz .zst or none).

    Raises:
        DataError: no such file, or an archive of files.
    """
    require_file(path, what="input")
    if not {path.suffix, plain_suffix(path)}.isdisjoint(ARCHIVES):
        raise DataError(f"{path}: an archive of files; unpack it and give the file or folder inside")
    match path.suffix:
        case ".gz":
            return cast(BufferedIOBase, cast(Any, igzip).open(path, "rb"))
        case ".bz2":
            return BufferedReader(_Bzip2Reader(path), _CHUNK_BYTES) if find_spec("indexed_bzip2") else bz2.open(path)
        case ".xz":
            return lzma.open(path, "rb")
        case ".zst":
            return BufferedReader(_ZstdReader(path), _CHUNK_BYTES)
    return path.open("rb")


class _Bzip2Reader(RawIOBase):
    """All streams of a bzip2 file, decompressed on several cores.

    `indexed_bzip2` raises whatever its blocks meet, and takes a file of another form for an empty one. It is not
    there for every Python: `bz2`, on one core and a quarter as fast on two, then takes its place.
    """

    def __init__(self, path: Path) -> None:
        import indexed_bzip2

        with path.open("rb") as file:
            start = file.read(_EMPTY_BZIP2_BYTES)
        if start and not (start.startswith(b"BZh") and len(start) == _EMPTY_BZIP2_BYTES):
            raise OSError("Invalid data stream")
        self._file = indexed_bzip2.open(str(path), parallelization=min(os.cpu_count() or 1, _MAX_BZIP2_THREADS))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return int(self._file.readinto(buffer))
        except (RuntimeError, ValueError) as error:
            raise EOFError(f"Compressed file ended early or is damaged ({error})") from error

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _ZstdReader(RawIOBase):
    """All frames of a zstandard file, torn ones refused; `zstandard.open` reads no lines and stops in silence."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            chunk = (self._frame.unused_data if self._frame.eof else b"") or self._file.read(_CHUNK_BYTES)
            if not chunk and self._frame.eof:
                return 0
            if not chunk:
                raise EOFError("Compressed file ended before the end of its frame")
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._ready = memoryview(self._frame.decompress(chunk))
        num_bytes = min(len(buffer), len(self._ready))
        buffer[:num_bytes] = self._ready[:num_bytes]
        self._ready = self._ready[num_bytes:]
        return num_bytes

    def close(self) -> None:
        self._file.close()
        super().close()


def plain_suffix(path: Path) -> str:
    """The suffix that tells the form of a file, compression set aside.

    >>> plain_suffix(Path("a/triples.tsv.gz"))
    '.tsv'
    """
    inner = path.with_suffix("") if path.suffix in COMPRESSIONS else path
    return inner.suffix


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file with their 1-based numbers; blank lines and a byte order mark are passed over.

    Raises:
        DataError: a line is not UTF-8 or too long, or the compressed file is torn.
    """
    number = 0
    try:
        for number, line in read_byte_lines(path):
            yield number, line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}:{number}: not UTF-8 ({error.reason} at byte {error.start})") from error


def read_byte_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, without their line feeds, with their 1-based numbers; blank ones are passed over.

    Raises:
        DataError: a line is longer than `MAX_LINE_BYTES`, or the compressed file is torn.
    """
    number = 0
    try:
        with open_bytes(path) as file:
            for number, line in enumerate(_split_lines(file), start=1):
                content = line.removeprefix(BOM_UTF8) if number == 1 else line
                if content and not content.isspace():
                    yield number, content
    except _LongLineError as error:
        raise DataError(
            f"{path}:{number + 1}: a line of more than {MAX_LINE_BYTES:,} bytes; write one record a line"
        ) from error
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says, after line {number}: {error}") from error


class _LongLineError(Exception):
    """A line that does not end within `MAX_LINE_BYTES`."""


def _split_lines(file: BufferedIOBase) -> Iterator[bytes]:
    """The lines of `file`; what lies before a tear is given out before the tear is told."""
    pieces: list[bytes] = []
    num_bytes = 0
    while chunk := file.read1(_CHUNK_BYTES):
        first, *others = chunk.split(b"\n")
        pieces.append(first)
        num_bytes += len(first)
        if num_bytes > MAX_LINE_BYTES:
            raise _LongLineError
        if others:
            yield b"".join(pieces)
            last = others.pop()
            yield from others
            pieces, num_bytes = [last], len(last)
    if num_bytes:
        yield b"".join(pieces)


def read_bytes(path: Path) -> bytes:
    """The whole content of `path`, decompressed.

    Raises:
        DataError: no such file, a torn one, or one of more than `MAX_WHOLE_BYTES`.
    """
    try:
        with open_bytes(path) as file:
            content = file.read(MAX_WHOLE_BYTES + 1)
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says: {error}") from error
    if len(content) > MAX_WHOLE_BYTES:
        raise DataError(
            f"{path}: more than {MAX_WHOLE_BYTES:,} bytes in one piece; split the file, or use a form of lines"
        )
    return content


def read_json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file with their line numbers.

    Raises:
        DataError: a line is no JSON object.
    """
    for number, line in read_lines(path):
        yield number, parse_object(line, place=f"{path}:{number}")


def parse_object(line: str | bytes, *, place: str) -> dict[str, Any]:
    """One JSON object; `place` (file and line) goes into the error.

    Raises:
        DataError: it is none.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise DataError(f"{place}: not JSON ({error}): {line[:60]!r}") from error
    if not isinstance(value, dict):
        raise DataError(f"{place}: expected a JSON object, found {line[:60]!r}")
    return value


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`.

    Raises:
        DataError: missing or no JSON object.
    """
    try:
        text = require_file(path, what="JSON").read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    return parse_object(text, place=str(path))


def json_bytes(value: object, *, indent: bool = False) -> bytes:
    """`value` as JSON with sorted keys, so that equal values give equal bytes."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(value, option=options)


def write_json(path: Path, value: object) -> None:
    """Write `value` to `path` as indented JSON, whole or not at all."""
    write_bytes(path, json_bytes(value, indent=True) + b"\n")


def write_json_lines(path: Path, values: Iterable[object]) -> int:
    """Write one JSON value a line, whole or not at all; gives their number."""
    with atomic_file(path) as file:
        return sum(file.write(json_bytes(value) + b"\n") > 0 for value in values)


Stamp = tuple[int, int, int] | None


def file_stamp(path: Path) -> Stamp:
    """Another one when another file lies at `path`; nothing is read. None where none does."""
    if not path.is_file():
        return None
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def fingerprint_file(path: Path) -> str:
    """sha256 of a file's bytes.

    Raises:
        DataError: there is none.
    """
    with require_file(path, what="input").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprints(paths: Iterable[Path]) -> dict[str, str]:
    """sha256 of each file, by its path.

    Raises:
        DataError: there is none.
    """
    return {str(path): fingerprint_file(path) for path in paths}


def fingerprint(value: object) -> str:
    """Hash of anything that JSON can say; equal values, equal hashes."""
    return hashlib.blake2b(json_bytes(value), digest_size=16).hexdigest()
