"""Hugging Face datasets as documents: a local dataset folder, or a name on the Hub, streamed.

    hub:FOLDER    a folder of data files, or one that `Dataset.save_to_disk` wrote
    hub:NAME      a dataset on the Hub

The split is `train`; the text is the column `text`; the id is the column `id`, else the row's number. Every other
column that JSON can say is kept in the document's metadata.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Metadata

PREFIX = "hub:"


@dataclass(frozen=True, slots=True)
class HubDataset:
    """One split of a dataset; a row without text is left out and counted.

    Args:
        name: a local folder or a name on the Hub.
        split: which part.
    """

    name: str
    split: str = "train"

    def files(self) -> Sequence[Path]:
        """The files of a local dataset; none where the Hub holds them (its name stands for it)."""
        folder = Path(self.name)
        return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []

    def read(self) -> Iterator[Document | Dropped]:
        """Its rows as documents.

        Raises:
            DataError: no such dataset or split, or rows without the column `text`.
        """
        for number, row in enumerate(self._rows()):
            yield self._document(row, number)

    def _rows(self) -> Iterable[Mapping[str, Any]]:
        import datasets

        folder = Path(self.name)
        try:
            if (folder / "dataset_info.json").is_file() or (folder / "dataset_dict.json").is_file():
                found = datasets.load_from_disk(self.name)
                rows = found[self.split] if isinstance(found, datasets.DatasetDict) else found
            else:
                rows = datasets.load_dataset(self.name, split=self.split, streaming=True)
        except Exception as error:  # datasets raises a different class for every kind of trouble
            raise DataError(
                f"{PREFIX}{self.name}: cannot be opened as a dataset: {str(error).splitlines()[0]}"
            ) from error
        checked: Iterable[Mapping[str, Any]] = rows
        return checked

    def _document(self, row: Mapping[str, Any], number: int) -> Document | Dropped:
        if "text" not in row:
            raise DataError(f"{PREFIX}{self.name}: row {number} has no column 'text'; its columns: {', '.join(row)}")
        identifier, text = str(row.get("id", f"{self.name}-{number}")), row["text"]
        if not isinstance(text, str) or not text:
            return Dropped(identifier, "no_text")
        told = {key: value for key, value in row.items() if key not in {"id", "text"} and _plain(value)}
        named = {key: str(told.pop(key)) for key in ("license", "timestamp", "language", "url") if key in told}
        return Document(
            identifier, text, metadata=Metadata(source=str(told.pop("source", self.name)), **named, extra=told)
        )


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
