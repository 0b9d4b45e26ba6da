"""Documents in Parquet, through pyarrow: one file or a folder of them, a row group in memory at a time.

    parquet:FOLDER?text=content&id=url

Columns: the text and the id by the names given, `links`, `metadata`, `triples`, `judged_relations` as in kgpt's JSON
Lines; any other column of plain values is kept in the metadata. Pages with checksums are checked: a flipped bit is
told, where Parquet alone would read it in silence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import require_file
from kgpt.records import Document, Dropped
from kgpt.sources.row import COLUMNS, document_of_row, is_plain

_BATCH_ROWS = 256


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """A Parquet file, or all below a folder.

    Args:
        path: the file or folder.
        text: name of the column that holds the text.
        id: name of the column that holds the id; rows without one are called by file and number.
    """

    path: Path
    text: str = "text"
    id: str = "id"

    def files(self) -> Sequence[Path]:
        """The file, or those of the folder by their paths."""
        return sorted(self.path.rglob("*.parquet")) if self.path.is_dir() else [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """The rows as documents; one without text is left out and counted.

        Raises:
            DataError: no Parquet, damaged, without the column of texts, or a malformed row.
        """
        for path in self.files():
            name = path.relative_to(self.path).as_posix() if path != self.path else path.name
            for number, row in enumerate(self._rows(path), start=1):
                yield document_of_row(
                    row,
                    text=self.text,
                    identifier=self.id,
                    default_id=f"{name}-{number}",
                    place=f"{path}: row {number}",
                )

    def _rows(self, path: Path) -> Iterator[dict[str, Any]]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        require_file(path, what="Parquet")
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                names = [field.name for field in file.schema_arrow if self._wanted(field)]
                if self.text not in names:
                    raise DataError(
                        f"{path}: no column {self.text!r}; columns: {', '.join(file.schema_arrow.names)}; "
                        "name the one that holds the text with the option `text`"
                    )
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=names, use_threads=False):
                    yield from batch.to_pylist()
        except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: no Parquet, or damaged: {str(error).splitlines()[0]}") from error

    def _wanted(self, field: Any) -> bool:
        return field.name in {self.text, self.id, *COLUMNS} or is_plain(field.type)
