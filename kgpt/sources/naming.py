"""Names of entities and relations in files of their own: a line or a JSON entry for each."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import COMPRESSIONS, parse_object, read_bytes, read_lines
from kgpt.records import EntityRecord, RelationRecord
from kgpt.sources.wikidata_value import clean

NamedRecord = Callable[..., EntityRecord | RelationRecord]
_ESCAPE = re.compile(r'\\u([0-9A-Fa-f]{4})|\\(["\\])')


def find_file(folder: Path, stems: Iterable[str], suffixes: Iterable[str]) -> Path | None:
    """The first file of `folder` with one of the names, plain or compressed."""
    names = [f"{stem}{suffix}{packed}" for stem in stems for suffix in suffixes for packed in ("", *COMPRESSIONS)]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read_columns(path: Path) -> Iterator[list[str]]:
    """The lines of `id<TAB>text<TAB>...`, escapes undone, blanks squeezed, empty texts left out.

    Raises:
        DataError: a line has no id, or nothing behind it.
    """
    for number, line in read_lines(path):
        identifier, *texts = line.split("\t")
        if not identifier or not texts:
            raise DataError(f"{path}:{number}: expected an id and a text separated by a tab, found {line[:80]!r}")
        yield [identifier.strip(), *(text for text in map(readable, texts) if text)]


def read_entries(path: Path) -> Iterator[tuple[str, Any]]:
    """The entries of one JSON object, `{id: label}` or `{id: {label, description, ...}}`.

    Raises:
        DataError: it is none.
    """
    try:
        content = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    yield from parse_object(content, place=str(path)).items()


def entry_record(record: NamedRecord, identifier: str, entry: object, language: str) -> EntityRecord | RelationRecord:
    """The record of one entry of `read_entries`."""
    if not isinstance(entry, Mapping):
        return record(identifier, label=readable(str(entry)), language=language)
    label, description = (readable(str(entry.get(key) or "")) for key in ("label", "description"))
    return record(identifier, label=label, description=description, language=language)


def readable(text: str) -> str:
    r"""`text` with `\u00f6` and `\"` undone, as some releases write them, and blanks squeezed.

    >>> readable(r"Enk\u00F6ping")
    'Enköping'
    """
    if "\\" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean(text)
