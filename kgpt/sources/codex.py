"""CoDEx (Safavi and Koutra, 2020): a folder of triples in splits, names in JSON beside it.

    triples/codex-{s,m,l}/{train,valid,test}.txt    head, relation, tail; `*_negatives.txt` are no triples
    entities/LANGUAGE/entities.json                 id: {label, description, wiki}
    relations/LANGUAGE/relations.json               id: {label, description}

The whole release's `data` folder, or one of the folders of triples: names are found in it and two folders above.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from kgpt.records import Dropped, EntityRecord, GraphItem, RelationRecord
from kgpt.sources.benchmark import SPLITS, split_files
from kgpt.sources.naming import entry_record, find_file, read_entries
from kgpt.sources.tsv import read_triples


@dataclass(frozen=True, slots=True)
class CodexFolder:
    """CoDEx, one size.

    Args:
        folder: the release's `data`, or a folder of triples.
        size: which of the three, where the folder holds them all.
        splits: which of train, valid and test are read.
        languages: of the names; the first is the graph's main one.
    """

    folder: Path
    size: Literal["s", "m", "l"] = "s"
    splits: tuple[str, ...] = SPLITS
    languages: tuple[str, ...] = ("en",)

    def files(self) -> Sequence[Path]:
        """Triples, then names, as far as they are there."""
        return [*split_files(self._triples(), self.splits), *(path for path, _, _ in self._names())]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Triples, then names.

        Raises:
            DataError: no triples, or malformed files.
        """
        for path in split_files(self._triples(), self.splits):
            yield from read_triples(path)
        for path, record, language in self._names():
            for identifier, entry in read_entries(path):
                yield _record(record, identifier, entry, language)

    def _triples(self) -> Path:
        inner = self.folder / "triples" / f"codex-{self.size}"
        return inner if inner.is_dir() else self.folder

    def _names(self) -> Iterator[tuple[Path, type[EntityRecord | RelationRecord], str]]:
        root = self._triples()
        for index, language in enumerate(self.languages):
            for room, record in (("entities", EntityRecord), ("relations", RelationRecord)):
                folders = [base / room / language for base in (root, *root.resolve().parents[:2])]
                found = [path for one in folders if (path := find_file(one, (room,), (".json",))) is not None]
                if found:
                    yield found[0], record, language if index else ""


def _record(
    record: type[EntityRecord | RelationRecord], identifier: str, entry: object, language: str
) -> EntityRecord | RelationRecord:
    named = entry_record(record, identifier, entry, language)
    address = entry.get("wiki") if isinstance(entry, Mapping) else None
    if not address or not isinstance(named, EntityRecord):
        return named
    title = unquote(str(address).rsplit("/wiki/", maxsplit=1)[-1]).replace("_", " ")
    return EntityRecord(identifier, named.label, (), named.description, language, title)
