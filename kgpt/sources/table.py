"""Triples in tables whose header names the columns: TSV, CSV and Parquet, through pyarrow, a batch at a time.

The columns are called head, relation and tail, or subject, predicate and object, or h/r/t, s/p/o, source/relation/
target, in any case; options name them where they are called otherwise. Other columns are passed over. A row with an
empty or missing id is left out and counted. Parquet pages with checksums are checked.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes, plain_suffix, read_lines, require_file
from kgpt.records import Dropped, GraphItem, Triple

_HEADERS = (
    ("head", "relation", "tail"),
    ("subject", "predicate", "object"),
    ("h", "r", "t"),
    ("s", "p", "o"),
    ("source", "relation", "target"),
)
_BLOCK_BYTES = 4 * 2**20
_BATCH_ROWS = 2**14


@dataclass(frozen=True, slots=True)
class TableFiles:
    """A table of triples, or a folder of Parquet files.

    Args:
        path: the file or folder.
        head: name of the column of heads; like the two others found by the usual names where it is not given.
        relation: name of the column of relations.
        tail: name of the column of tails.
    """

    path: Path
    head: str = ""
    relation: str = ""
    tail: str = ""

    def files(self) -> Sequence[Path]:
        """The file, or those of the folder by their paths."""
        return sorted(self.path.rglob("*.parquet")) if self.path.is_dir() else [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Its rows as triples.

        Raises:
            DataError: damaged, without the columns, or a row with too few or too many cells.
        """
        for path in self.files():
            is_parquet = plain_suffix(path) == ".parquet"
            batches = self._parquet(path) if is_parquet else self._delimited(path)
            rows = chain.from_iterable(zip(*columns, strict=True) for columns in batches)
            for number, cells in enumerate(rows, start=1):
                yield Triple(*cells) if all(cells) else Dropped(f"{path.name}: row {number}", "no_value")

    def _delimited(self, path: Path) -> Iterator[list[list[str]]]:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        is_csv = plain_suffix(path) == ".csv"
        names = self._columns(header_cells(path), path)
        try:
            with open_bytes(path) as file:
                batches = arrow_csv.open_csv(
                    file,
                    arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
                    arrow_csv.ParseOptions(delimiter="," if is_csv else "\t", quote_char='"' if is_csv else False),
                    arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), include_columns=names),
                )
                for batch in batches:
                    yield [column.to_pylist() for column in batch.columns]
        except (pa.ArrowException, *TORN_ERRORS, UnicodeDecodeError) as error:
            raise DataError(f"{path}: no table of triples, or damaged: {str(error).splitlines()[0]}") from error

    def _parquet(self, path: Path) -> Iterator[list[list[str]]]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        require_file(path, what="Parquet")
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                names = self._columns(file.schema_arrow.names, path)
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=names, use_threads=False):
                    yield [_strings(batch.column(name), pa.string()) for name in names]
        except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: no Parquet, or damaged: {str(error).splitlines()[0]}") from error

    def _columns(self, header: Sequence[str], path: Path) -> list[str]:
        if not any(header):
            raise DataError(f"{path}: empty; a table of triples begins with a line that names its columns")
        found = triple_columns(header) or ("", "", "")
        names = [given or usual for given, usual in zip((self.head, self.relation, self.tail), found, strict=True)]
        for role, name in zip(("head", "relation", "tail"), names, strict=True):
            if name not in header:
                raise DataError(
                    f"{path}: no column {(name or role)!r}; columns: {', '.join(header)}; name the column with the "
                    f"option `{role}`"
                )
        return names


def triple_columns(header: Sequence[str]) -> tuple[str, str, str] | None:
    """The columns of a triple by their usual names, or None where a header has not all three.

    >>> triple_columns(["id", "Subject", "Predicate", "Object"])
    ('Subject', 'Predicate', 'Object')
    """
    spelled = {name.strip().lower(): name for name in header}
    for head, relation, tail in _HEADERS:
        if {head, relation, tail} <= spelled.keys():
            return spelled[head], spelled[relation], spelled[tail]
    return None


def header_cells(path: Path) -> list[str]:
    """The cells of a table's first line; none where it is empty.

    Raises:
        DataError: a line that is no CSV.
    """
    line = next(read_lines(path), (0, ""))[1]
    if plain_suffix(path) != ".csv":
        return line.split("\t")
    try:
        return next(csv.reader([line]), [])
    except csv.Error as error:
        raise DataError(f"{path}:1: no header of a CSV file ({error}): {line[:60]!r}") from error


def _strings(column: Any, string: Any) -> list[str]:
    return list(column.cast(string).to_pylist())
