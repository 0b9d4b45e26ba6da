import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, Triple
from kgpt.sources.table import TableFiles, triple_columns


def write_parquet(path, **columns):
    pq.write_table(pa.table(columns), path, write_page_checksum=True)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'tail,x,head,relation\n"Q,2",9,Q1,P1\n'),
        ("a.tsv", "Subject\tPredicate\tObject\nQ1\tP1\tQ,2\n"),
        ("a.tsv", "h\tr\tt\nQ1\tP1\tQ,2"),
    ],
)
def test_columns_are_found_by_their_names(tmp_path, name, content):
    (tmp_path / name).write_text(content)

    assert list(TableFiles(tmp_path / name).read()) == [Triple("Q1", "P1", "Q,2")]


def test_quotes_are_letters_in_tsv(tmp_path):
    (tmp_path / "a.tsv").write_text('s\tp\to\n"Q1\tP1\tQ"2\n')

    assert list(TableFiles(tmp_path / "a.tsv").read()) == [Triple('"Q1', "P1", 'Q"2')]


def test_columns_are_named_by_options(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"from,tail,to,relation\nQ1,x,Q2,P1\n"))
    reader = TableFiles(tmp_path / "a.csv.gz", head="from", tail="to", relation="relation")

    assert list(reader.read()) == [Triple("Q1", "P1", "Q2")]


def test_ids_that_look_like_numbers_or_nothing_are_kept(tmp_path):
    (tmp_path / "a.csv").write_text("head,relation,tail\n01,NA,null\n")

    assert list(TableFiles(tmp_path / "a.csv").read()) == [Triple("01", "NA", "null")]


def test_a_row_without_an_id_is_left_out_and_counted(tmp_path):
    (tmp_path / "a.csv").write_text("head,relation,tail\nQ1,P1,Q2\n,P1,Q2\n")

    assert list(TableFiles(tmp_path / "a.csv").read())[1] == Dropped("a.csv: row 2", "no_value")


def test_parquet_is_read_whatever_the_types_of_its_columns(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", s=[1, 2], p=["P1", "P1"], o=["Q1", None])

    assert list(TableFiles(path).read()) == [Triple("1", "P1", "Q1"), Dropped("a.parquet: row 2", "no_value")]


def test_a_folder_of_parquet_is_read_in_the_order_of_its_names(tmp_path):
    for name in ("b", "a"):
        write_parquet(tmp_path / f"{name}.parquet", h=[name], r=["P1"], t=["x"])

    assert [item.head for item in TableFiles(tmp_path).read()] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"head,relation\nQ1,P1\n", "no column 'head'; columns: head, relation; name the column with"),
        ("a.csv", b"head,relation,tail\nQ1,P1,Q2\nQ1,P1\n", "CSV parse error: Row #3: Expected 3 columns, got 2"),
        ("a.csv", b"head,relation,tail\nQ1,P1,\xff\n", "invalid UTF8 data"),
        ("a.csv", b'head,relation,tail\n"' + b"x" * 10**7, "straddles two block boundaries"),
        ("a.csv.gz", gzip.compress(b"head,relation,tail\n" + b"Q1,P1,Q2\n" * 10**6)[:-100], "Compressed file ended"),
        ("a.parquet", b"PAR1 but not really", "no Parquet, or damaged: Parquet magic bytes not found"),
    ],
)
def test_what_is_no_table_of_triples_is_told_with_its_path(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=rf"a\.[a-z.]+: .*{told}"):
        list(TableFiles(tmp_path / name).read())


def test_a_named_column_that_is_not_there_is_told(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", s=[1], p=["P1"], o=["Q1"])

    with pytest.raises(DataError, match="no column 'from'; columns: s, p, o; name the column with the option `head`"):
        list(TableFiles(path, head="from").read())


def test_a_flipped_bit_in_parquet_is_told(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", s=[f"Q{i}" for i in range(99)], p=["P1"] * 99, o=["Q1"] * 99)
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)

    with pytest.raises(DataError, match="no Parquet, or damaged"):
        list(TableFiles(path).read())


def test_three_columns_of_one_kind_make_a_header():
    assert triple_columns(["S", "p", "o", "x"]) == ("S", "p", "o")
    assert triple_columns(["head", "predicate", "o"]) is None
