"""Wikidata5M (Wang et al., 2021): triples in splits, aliases and descriptions.

    wikidata5m_{transductive,inductive}_{train,valid,test}.txt    head, relation, tail
    wikidata5m_all_triplet.txt                                    the raw graph, read where there is no split
    wikidata5m_entity.txt, wikidata5m_relation.txt                id, name, further names
    wikidata5m_text.txt                                           id, description

The release has no preferred names: the first of a line becomes the label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, GraphItem, RelationRecord
from kgpt.sources.benchmark import SPLITS
from kgpt.sources.naming import NamedRecord, find_file, read_columns
from kgpt.sources.tsv import read_triples

PREFIX = "wikidata5m_"


@dataclass(frozen=True, slots=True)
class Wikidata5m:
    """A folder of the release, or one of its files.

    Args:
        path: the folder or file.
        setting: which of the two ways to split the graph, where the folder holds both.
        splits: which of train, valid and test are read.
    """

    path: Path
    setting: Literal["transductive", "inductive"] = "transductive"
    splits: tuple[str, ...] = SPLITS

    def files(self) -> Sequence[Path]:
        """The file, or those of the folder: triples, names, descriptions.

        Raises:
            DataError: the folder holds no triples.
        """
        if not self.path.is_dir():
            return [self.path]
        stems = ["entity", "relation", "text"]
        names = [path for stem in stems if (path := find_file(self.path, [PREFIX + stem], [".txt"])) is not None]
        return [*self._triples(), *names]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Triples, then names, then descriptions.

        Raises:
            DataError: no triples, or a malformed line.
        """
        for path in self.files():
            kind = path.name.split(".")[0].removeprefix(PREFIX)
            if kind == "text":
                yield from _read_texts(path)
            elif kind in ("entity", "relation"):
                yield from _read_names(path, EntityRecord if kind == "entity" else RelationRecord)
            else:
                yield from read_triples(path)

    def _triples(self) -> list[Path]:
        other = "inductive" if self.setting == "transductive" else "transductive"
        for stems in (*([f"{one}_{split}" for split in self.splits] for one in (self.setting, other)), ["all_triplet"]):
            found = [find_file(self.path, [PREFIX + stem], [".txt"]) for stem in stems]
            if paths := [path for path in found if path is not None]:
                return paths
        raise DataError(f"{self.path}: expected {PREFIX}{self.setting}_train.txt or another split in the folder")


def _read_names(path: Path, record: NamedRecord) -> Iterator[GraphItem | Dropped]:
    for identifier, *names in read_columns(path):
        others = tuple(dict.fromkeys(name for name in names[1:] if name != names[0]))
        yield record(identifier, label=names[0], aliases=others) if names else Dropped(identifier, "empty_label")


def _read_texts(path: Path) -> Iterator[GraphItem | Dropped]:
    for identifier, *texts in read_columns(path):
        yield EntityRecord(identifier, description=" ".join(texts)) if texts else Dropped(identifier, "no_description")
