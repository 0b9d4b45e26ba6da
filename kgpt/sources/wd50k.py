"""Statements with qualifiers, as in WD50K (Galkin et al., 2020): `s,p,o[,qualifier p,qualifier o]*`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import read_lines
from kgpt.records import Dropped, GraphItem, Qualifier, Triple
from kgpt.sources.benchmark import SPLITS, split_files

_STATEMENT = re.compile(r"Q\d+,P\d+,Q\d+(,P\d+,Q\d+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class StatementFiles:
    """A file of statements, or a folder with one for each split.

    Args:
        path: the file or folder.
        splits: which of train, valid and test a folder is read for.
    """

    path: Path
    splits: tuple[str, ...] = SPLITS

    def files(self) -> Sequence[Path]:
        """The file, or those of the folder."""
        return split_files(self.path, self.splits) if self.path.is_dir() else [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Triples, each before its qualifiers.

        Raises:
            DataError: a line is no statement.
        """
        for path in self.files():
            for number, line in read_lines(path):
                yield from _statement(line, f"{path}:{number}")


def is_statement(line: str) -> bool:
    """Whether a file that begins with `line` is one of Wikidata statements.

    >>> is_statement("Q1,P1,Q2,P3,Q4"), is_statement("Q1,P1,Q2,P3")
    (True, False)
    """
    return _STATEMENT.fullmatch(line) is not None


def _statement(line: str, place: str) -> Iterator[GraphItem]:
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) < 3 or len(cells) % 2 == 0 or not all(cells):
        raise DataError(
            f"{place}: expected head, relation and tail, then pairs of a qualifier and its value, separated by "
            f"commas; found {line[:80]!r}"
        )
    triple = Triple(*cells[:3])
    yield triple
    for relation, value in zip(cells[3::2], cells[4::2], strict=True):
        yield Qualifier(triple, relation, value)
