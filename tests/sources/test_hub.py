import datasets
import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link
from kgpt.sources import open_documents

ROWS = {"id": ["a", "b"], "text": ["Berlin lies on the Spree.", ""], "language": ["en", "en"], "stars": [5, 1]}


def test_a_saved_dataset_gives_its_rows_as_documents(tmp_path):
    datasets.Dataset.from_dict(ROWS).save_to_disk(str(tmp_path / "saved"))

    document, dropped = open_documents(f"hub:{tmp_path / 'saved'}").read()

    assert isinstance(document, Document)
    assert (document.id, document.text) == ("a", "Berlin lies on the Spree.")
    assert document.metadata.language == "en" and document.metadata.extra == {"stars": 5}
    assert dropped == Dropped("b", "no_text")


def test_a_folder_of_data_files_is_read_as_load_dataset_reads_it(tmp_path):
    datasets.Dataset.from_dict(ROWS).to_parquet(str(tmp_path / "train.parquet"))

    first, *_ = open_documents(f"hub:{tmp_path}").read()

    assert isinstance(first, Document) and first.text == "Berlin lies on the Spree."


def test_a_dataset_without_text_is_refused_with_its_columns(tmp_path):
    datasets.Dataset.from_dict({"body": ["x"]}).save_to_disk(str(tmp_path / "saved"))

    with pytest.raises(DataError, match="row 0 has no column 'text'; its columns: body"):
        list(open_documents(f"hub:{tmp_path / 'saved'}").read())


def test_a_dataset_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot be opened as a dataset"):
        list(open_documents(f"hub:{tmp_path / 'nowhere'}").read())


def test_split_and_columns_are_options(tmp_path):
    rows = datasets.Dataset.from_dict(
        {"body": ["x"], "url": ["u"], "links": [[{"start": 0, "end": 1, "entity": "Q1"}]]}
    )
    datasets.DatasetDict({"test": rows}).save_to_disk(str(tmp_path / "saved"))

    (document,) = open_documents(f"hub:{tmp_path / 'saved'}?split=test&text=body&id=url").read()

    assert isinstance(document, Document)
    assert (document.id, document.text, document.links) == ("u", "x", (Link(0, 1, "Q1"),))


def test_a_configuration_that_is_not_there_is_told(tmp_path):
    (tmp_path / "train.jsonl").write_text('{"text": "x"}')

    with pytest.raises(DataError, match="cannot be opened as a dataset"):
        list(open_documents(f"hub:{tmp_path}?config=de").read())
