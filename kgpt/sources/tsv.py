"""Tab-separated graphs: a bare file of triples, or a folder that also holds labels and literals.

The folder's files, each plain or compressed, only the first required:

    triples.tsv                    head, relation, tail (further columns are passed over)
    entities.tsv                   id, label, aliases separated by `|`, description
    relations.tsv / properties.tsv the same for relations
    literals.tsv                   head, relation, value, kind (date, quantity or string), unit
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast, get_args

from kgpt.errors import DataError
from kgpt.io import read_lines
from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, LiteralKind, RelationRecord, Triple
from kgpt.text import nfc, squeeze

Record = TypeVar("Record", EntityRecord, RelationRecord)
_COMPRESSIONS = ("", ".gz", ".bz2", ".xz", ".zst")


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
        """Those of the four files that are there, in reading order."""
        names = (("triples",), ("entities",), ("relations", "properties"), ("literals",))
        return [path for name in names if (path := _find(self.folder, *name)) is not None]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Triples, then entities, relations and literals.

        Raises:
            DataError: no triples, or a malformed line.
        """
        if _find(self.folder, "triples") is None:
            raise DataError(f"{self.folder}: no triples.tsv (or .gz .bz2 .xz .zst) in the folder")
        for path in self.files():
            yield from _READERS[path.name.split(".")[0]](path)


def _find(folder: Path, *stems: str) -> Path | None:
    candidates = (folder / f"{stem}.tsv{suffix}" for stem in stems for suffix in _COMPRESSIONS)
    return next((path for path in candidates if path.is_file()), None)


def read_triples(path: Path) -> Iterator[Triple]:
    """The triples of a file.

    Raises:
        DataError: a line has fewer than three columns, or an empty one.
    """
    for number, line in read_lines(path):
        columns = line.split("\t")
        if len(columns) < 3 or not all(columns[:3]):
            raise DataError(f"{path}:{number}: expected head, relation and tail separated by tabs, found {line[:80]!r}")
        yield Triple(*columns[:3])


def _read_named(path: Path, kind: type[Record]) -> Iterator[Record]:
    for number, line in read_lines(path):
        columns: list[str] = [squeeze(nfc(column)) for column in line.split("\t")]
        if not columns[0] or len(columns) > 4:
            raise DataError(
                f"{path}:{number}: expected id, label, aliases and description separated by tabs, found {line[:80]!r}"
            )
        identifier, label, aliases, description = [*columns, "", "", ""][:4]
        names = tuple(name for name in map(squeeze, aliases.split("|")) if name)
        yield kind(id=identifier, label=label, aliases=names, description=description)


def _read_entities(path: Path) -> Iterator[EntityRecord]:
    return _read_named(path, EntityRecord)


def _read_relations(path: Path) -> Iterator[RelationRecord]:
    return _read_named(path, RelationRecord)


def _read_literals(path: Path) -> Iterator[Literal]:
    for number, line in read_lines(path):
        head, relation, value, kind, unit = [*line.split("\t"), "", "", "", ""][:5]
        kinds = get_args(LiteralKind)
        if not (head and relation and value) or kind not in kinds:
            raise DataError(
                f"{path}:{number}: expected head, relation, value, kind ({', '.join(kinds)}) and unit separated by "
                f"tabs, found {line[:80]!r}"
            )
        yield Literal(head, relation, value, cast(LiteralKind, kind), unit)


_READERS: dict[str, Callable[[Path], Iterator[GraphItem]]] = {
    "triples": read_triples,
    "entities": _read_entities,
    "relations": _read_relations,
    "properties": _read_relations,
    "literals": _read_literals,
}
