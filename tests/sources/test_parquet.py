import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link, Metadata, Triple
from kgpt.sources import open_documents

ROWS = {
    "id": ["a", None, "c"],
    "text": ["Berlin grows", "Oslo", ""],
    "links": [[{"start": 0, "end": 6, "entity": "Q64"}], None, []],
    "triples": [[["Q64", "P17", "Q183"]], None, None],
    "language": ["en", "en", "en"],
    "stars": [5, 1, 0],
    "vector": [[0.5], [0.5], [0.5]],
}


def write(path, rows=ROWS):
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(rows), path, write_page_checksum=True, compression="none")
    return path


def test_rows_are_documents(tmp_path):
    first, second, third = open_documents(str(write(tmp_path / "a.parquet"))).read()

    metadata = Metadata(language="en", extra={"stars": 5})
    assert first == Document("a", "Berlin grows", (Link(0, 6, "Q64"),), metadata, (Triple("Q64", "P17", "Q183"),))
    assert second == Document("a.parquet-2", "Oslo", metadata=Metadata(language="en", extra={"stars": 1}))
    assert third == Dropped("c", "no_text")


def test_a_folder_is_read_by_its_paths_and_columns_are_named(tmp_path):
    for name in ("b", "a"):
        write(tmp_path / name / "0.parquet", {"body": [name], "url": [f"http://{name}"]})

    documents = list(open_documents(f"parquet:{tmp_path}?text=body&id=url").read())

    assert [(one.id, one.text) for one in documents if isinstance(one, Document)] == [
        ("http://a", "a"),
        ("http://b", "b"),
    ]


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = write(tmp_path / "a.parquet", {"body": ["x"]})

    with pytest.raises(DataError, match=r"a\.parquet: no column 'text'; columns: body; name the one .* option `text`"):
        list(open_documents(str(path)).read())


def test_a_flipped_bit_is_told(tmp_path):
    path = write(tmp_path / "a.parquet")
    content = bytearray(path.read_bytes())
    content[content.index(b"Berlin grows")] ^= 1
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"a\.parquet: no Parquet, or damaged: .*(CRC|checksum)"):
        list(open_documents(str(path)).read())


@pytest.mark.parametrize("keep", [0, 10, -10])
def test_a_torn_file_is_told(tmp_path, keep):
    path = write(tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(DataError, match=r"a\.parquet: no Parquet, or damaged"):
        list(open_documents(str(path)).read())


def test_a_malformed_row_is_told_with_its_number(tmp_path):
    path = write(tmp_path / "a.parquet", {"text": ["x"], "links": [[{"start": 0, "end": 9, "entity": "Q1"}]]})

    with pytest.raises(DataError, match=r"a\.parquet: row 1: document a\.parquet-1: link \[0, 9\) .* lies out"):
        list(open_documents(str(path)).read())
