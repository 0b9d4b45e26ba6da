r"""Folders of link-prediction benchmarks: triples in splits, with names beside them (Wiki27K, MetaQA, FB15k-237, ...).

    train / valid (or dev) / test .txt or .tsv    head, relation, tail
    entity2label / entity2text .txt               id, label; the same for relations, `relation2label.json` too
    entity2definition / entity2textlong .txt      id, description

Each plain or compressed, only the first required. Hard negatives (`valid_negatives`) are no triples and are not
read; neither are templates and questions. `\u00f6` in a name is undone (Wiki27K writes labels so).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgpt.errors import DataError, did_you_mean
from kgpt.io import plain_suffix
from kgpt.records import Dropped, EntityRecord, GraphItem, RelationRecord
from kgpt.sources.naming import NamedRecord, entry_record, find_file, read_columns, read_entries
from kgpt.sources.tsv import read_triples

SPLITS = ("train", "valid", "test")
_SPELLINGS = {"train": ("train",), "valid": ("valid", "dev"), "test": ("test",)}
_SUFFIXES = (".txt", ".tsv")
_LABELS = {
    EntityRecord: ("entity2label", "entity2text", "entity2name"),
    RelationRecord: ("relation2label", "relation2text", "relation2name"),
}
_DESCRIPTIONS = {EntityRecord: ("entity2definition", "entity2textlong"), RelationRecord: ("relation2definition",)}


@dataclass(frozen=True, slots=True)
class BenchmarkFolder:
    """A folder of triples in splits.

    Args:
        folder: the folder.
        splits: which of train, valid and test are read.
    """

    folder: Path
    splits: tuple[str, ...] = SPLITS

    def files(self) -> Sequence[Path]:
        """The files that are there, triples first."""
        return [*split_files(self.folder, self.splits), *(path for path, _, _ in self._named())]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Triples, then labels and descriptions.

        Raises:
            DataError: no triples, an unknown split, or a malformed line.
        """
        for path in split_files(self.folder, self.splits):
            yield from read_triples(path)
        for path, record, field in self._named():
            yield from _read_names(path, record, field)

    def _named(self) -> Iterator[tuple[Path, NamedRecord, str]]:
        for field, stems_of in (("label", _LABELS), ("description", _DESCRIPTIONS)):
            for record, stems in stems_of.items():
                path = find_file(self.folder, stems, (*_SUFFIXES, ".json"))
                if path is not None:
                    yield path, record, field


def split_files(folder: Path, splits: Sequence[str]) -> list[Path]:
    """The files of a benchmark's splits.

    Raises:
        DataError: an unknown split, or none of the files is there.
    """
    for split in splits:
        if split not in SPLITS:
            raise DataError(f"{folder}: no split is called {split!r}; {did_you_mean(split, SPLITS)}")
    found = [find_file(folder, _SPELLINGS[split], _SUFFIXES) for split in splits]
    paths = [path for path in found if path is not None]
    if not paths:
        raise DataError(f"{folder}: expected {' or '.join(f'{split}.txt' for split in splits)} in the folder")
    return paths


def _read_names(path: Path, record: NamedRecord, field: str) -> Iterator[GraphItem | Dropped]:
    if plain_suffix(path) == ".json":
        for identifier, entry in read_entries(path):
            yield entry_record(record, identifier, entry, "")
        return
    for identifier, *texts in read_columns(path):
        yield record(identifier, **{field: texts[0]}) if texts else Dropped(identifier, f"empty_{field}")
