"""Hugging Face datasets as documents: a local dataset folder, or a name on the Hub, streamed.

    hub:FOLDER                      a folder of data files, or one that `Dataset.save_to_disk` wrote
    hub:NAME?config=en&split=train  a dataset on the Hub
    hub:NAME?text=content&id=url    with other columns

The columns are read as those of Parquet files (see `parquet.py`). No code of a dataset's is ever run.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.records import Document, Dropped
from kgpt.sources.row import document_of_row

PREFIX = "hub:"


@dataclass(frozen=True, slots=True)
class HubDataset:
    """One split of a dataset; a row without text is left out and counted.

    Args:
        name: a local folder or a name on the Hub.
        split: which part.
        config: which configuration, for a dataset that has several.
        text: name of the column that holds the text.
        id: name of the column that holds the id; rows without one are called by their number.
    """

    name: str
    split: str = "train"
    config: str = ""
    text: str = "text"
    id: str = "id"

    def files(self) -> Sequence[Path]:
        """The files of a local dataset; none where the Hub holds them (its name stands for it)."""
        folder = Path(self.name)
        return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []

    def read(self) -> Iterator[Document | Dropped]:
        """Its rows as documents.

        Raises:
            DataError: no such dataset or split, or rows without the column of texts.
        """
        for number, row in enumerate(self._rows()):
            if self.text not in row:
                raise DataError(
                    f"{PREFIX}{self.name}: row {number} has no column {self.text!r}; its columns: {', '.join(row)}; "
                    "name the one that holds the text with the option `text`"
                )
            place, default_id = f"{PREFIX}{self.name}: row {number}", f"{self.name}-{number}"
            told = {"source": self.name, **row}
            yield document_of_row(told, text=self.text, identifier=self.id, default_id=default_id, place=place)

    def _rows(self) -> Iterable[Mapping[str, Any]]:
        import datasets

        folder = Path(self.name)
        try:
            if (folder / "dataset_info.json").is_file() or (folder / "dataset_dict.json").is_file():
                found = datasets.load_from_disk(self.name)
                rows = found[self.split] if isinstance(found, datasets.DatasetDict) else found
            else:
                rows = datasets.load_dataset(self.name, self.config or None, split=self.split, streaming=True)
        except Exception as error:  # datasets raises a different class for every kind of trouble
            told = (str(error).splitlines() or [type(error).__name__])[0]
            raise DataError(f"{PREFIX}{self.name}: cannot be opened as a dataset: {told}") from error
        checked: Iterable[Mapping[str, Any]] = rows
        return checked
