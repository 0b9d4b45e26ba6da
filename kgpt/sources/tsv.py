"""Tab-separated graphs: a bare file of triples, or a folder that also holds labels and literals.

The folder's files, each plain or compressed, only the first required:

    triples.tsv                    head, relation, tail (further columns are passed over)
    entities.tsv                   id, label, aliases separated by `|`, description
    relations.tsv / properties.tsv the same for relations
    entities.de.tsv, ...           the same in another language
    sitelinks.tsv                  id, title of the Wikipedia article, number of articles in all languages
    sitelinks.de.tsv, ...          the titles in another language
    literals.tsv                   head, relation, value, kind (date, quantity or string), unit, datatype, language
    qualifiers.tsv                 head, relation, tail, qualifying relation, value, kind (those or entity), unit
    redirects.tsv                  id, the id that it now is
    escapes.json                   says that cells are escaped as `kgpt.sources.tsv_cell` does, and kept to the letter

Without `escapes.json` a backslash is a backslash, and blanks within names are squeezed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast, get_args

from kgpt.errors import DataError
from kgpt.io import COMPRESSIONS, read_lines
from kgpt.records import (
    Dropped,
    EntityRecord,
    GraphItem,
    Literal,
    LiteralKind,
    Qualifier,
    Redirect,
    RelationRecord,
    Triple,
    ValueKind,
)
from kgpt.sources.tsv_cell import ESCAPED, ESCAPES_NAME, PLAIN, Cells

Record = TypeVar("Record", EntityRecord, RelationRecord)
_SUFFIXES = [".tsv", *(f".tsv{packed}" for packed in COMPRESSIONS)]
_NAMED = ("entities", "relations", "properties", "sitelinks")
_FURTHER = ("sitelinks", "literals", "qualifiers", "redirects")


@dataclass(frozen=True, slots=True)
class TriplesFile:
    """A file of `head<TAB>relation<TAB>tail` lines."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Its triples."""
        return read_triples(self.path)


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """A folder of triples, labels and literals (the form of kgpt's own samples)."""

    folder: Path

    def files(self) -> Sequence[Path]:
        """Those of the files that are there, in reading order."""
        return [
            path
            for names in (("triples",), ("entities",), ("relations", "properties"), *((name,) for name in _FURTHER))
            for path in _find(self.folder, *names)
        ]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Triples, then entities, relations, literals and whatever else is there.

        Raises:
            DataError: no triples, or a malformed line.
        """
        if not _find(self.folder, "triples"):
            raise DataError(f"{self.folder}: no triples.tsv (or .gz .bz2 .xz .zst) in the folder")
        cells = ESCAPED if (self.folder / ESCAPES_NAME).is_file() else PLAIN
        for path in self.files():
            yield from _READERS[path.name.split(".")[0]](path, cells)


def _find(folder: Path, *stems: str) -> list[Path]:
    """The file of the first of the names, then those of the same name in other languages."""
    for stem in stems:
        main = [path for suffix in _SUFFIXES if (path := folder / f"{stem}{suffix}").is_file()][:1]
        others = [path for path in folder.glob(f"{stem}.*.tsv*") if _language(path)] if stem in _NAMED else []
        if main or others:
            return [*main, *sorted(others)]
    return []


def _language(path: Path) -> str:
    """What stands between name and suffix of `entities.de.tsv.gz`; empty where nothing does."""
    parts = path.name.split(".")
    return parts[1] if len(parts) > 2 and f".{'.'.join(parts[2:])}" in _SUFFIXES else ""


def read_triples(path: Path, cells: Cells = PLAIN) -> Iterator[Triple]:
    """The triples of a file.

    Raises:
        DataError: a line has fewer than three columns, or an empty one.
    """
    for number, line in read_lines(path):
        columns = line.split("\t")
        if len(columns) < 3 or not all(columns[:3]):
            raise DataError(f"{path}:{number}: expected head, relation and tail separated by tabs, found {line[:80]!r}")
        yield Triple(*map(cells.text, columns[:3]))


def _read_named(path: Path, cells: Cells, kind: type[Record]) -> Iterator[Record]:
    language = _language(path)
    for number, line in read_lines(path):
        columns: list[str] = line.split("\t")
        if not columns[0].strip() or len(columns) > 4:
            raise DataError(
                f"{path}:{number}: expected id, label, aliases and description separated by tabs, found {line[:80]!r}"
            )
        identifier, label, aliases, description = [*columns, "", "", ""][:4]
        yield kind(
            id=cells.name(identifier),
            label=cells.name(label),
            aliases=tuple(cells.names(aliases)),
            description=cells.name(description),
            language=language,
        )


def _read_entities(path: Path, cells: Cells) -> Iterator[EntityRecord]:
    return _read_named(path, cells, EntityRecord)


def _read_relations(path: Path, cells: Cells) -> Iterator[RelationRecord]:
    return _read_named(path, cells, RelationRecord)


def _read_literals(path: Path, cells: Cells) -> Iterator[Literal]:
    for number, line in read_lines(path):
        head, relation, value, kind, unit, datatype, language = [*line.split("\t"), *[""] * 7][:7]
        kinds = get_args(LiteralKind)
        if not (head and relation and value) or kind not in kinds:
            raise DataError(
                f"{path}:{number}: expected head, relation, value, kind ({', '.join(kinds)}) and unit separated by "
                f"tabs, found {line[:80]!r}"
            )
        head, relation, value, unit, datatype = map(cells.text, (head, relation, value, unit, datatype))
        yield Literal(head, relation, value, cast(LiteralKind, kind), unit, datatype, language)


def _read_qualifiers(path: Path, cells: Cells) -> Iterator[Qualifier]:
    for number, line in read_lines(path):
        head, relation, tail, qualifying, value, kind, unit = [*line.split("\t"), *[""] * 7][:7]
        kinds = get_args(ValueKind)
        if not (head and relation and tail and qualifying and value) or kind not in kinds:
            raise DataError(
                f"{path}:{number}: expected head, relation, tail, qualifying relation, value, kind "
                f"({', '.join(kinds)}) and unit separated by tabs, found {line[:80]!r}"
            )
        triple = Triple(*map(cells.text, (head, relation, tail)))
        qualifying, value, unit = map(cells.text, (qualifying, value, unit))
        yield Qualifier(triple, qualifying, value, cast(ValueKind, kind), unit)


def _read_redirects(path: Path, cells: Cells) -> Iterator[Redirect]:
    for number, line in read_lines(path):
        columns = line.split("\t")
        if len(columns) != 2 or not all(columns):
            raise DataError(f"{path}:{number}: expected an id and the one it now is, found {line[:80]!r}")
        yield Redirect(*map(cells.text, columns))


def _read_sitelinks(path: Path, cells: Cells) -> Iterator[EntityRecord]:
    language = _language(path)
    for number, line in read_lines(path):
        identifier, title, count = [*line.split("\t"), "", ""][:3]
        if not identifier or not (count or "0").isdecimal():
            raise DataError(f"{path}:{number}: expected id, title and a number separated by tabs, found {line[:80]!r}")
        yield EntityRecord(
            cells.text(identifier), title=cells.name(title), language=language, num_sitelinks=int(count or 0)
        )


_READERS: dict[str, Callable[[Path, Cells], Iterator[GraphItem]]] = {
    "triples": read_triples,
    "entities": _read_entities,
    "relations": _read_relations,
    "properties": _read_relations,
    "sitelinks": _read_sitelinks,
    "literals": _read_literals,
    "qualifiers": _read_qualifiers,
    "redirects": _read_redirects,
}
