import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link, Metadata
from kgpt.sources.row import document_of_row


def document(**row):
    return document_of_row(row, text="body", identifier="key", default_id="row-1", place="a.parquet: row 1")


def test_a_row_is_a_document_by_its_columns():
    found = document(key=7, body="Berlin", links=[{"start": 0, "end": 6, "entity": "Q64"}], url="u", stars=5, none=None)

    assert found == Document("7", "Berlin", (Link(0, 6, "Q64"),), Metadata(url="u", extra={"stars": 5}))


@pytest.mark.parametrize(
    ("metadata", "extra"),
    [({"page": 7}, {"page": 7}), (None, {}), ("{}", {"metadata": "{}"}), ([1], {"metadata": [1]})],
)
def test_metadata_are_kept_whatever_they_are(metadata, extra):
    assert document(body="x", metadata=metadata) == Document("row-1", "x", metadata=Metadata(extra=extra))


@pytest.mark.parametrize("text", [None, "", 7])
def test_a_row_without_text_is_left_out(text):
    assert document(key="a", body=text) == Dropped("a", "no_text")


def test_malformed_links_are_told_with_the_row():
    with pytest.raises(DataError, match=r"a\.parquet: row 1: malformed document: KeyError: 'entity'"):
        document(body="x", links=[{"start": 0, "end": 1}])
