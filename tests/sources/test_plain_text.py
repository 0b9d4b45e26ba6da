import gzip

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Metadata
from kgpt.sources.plain_text import TextFiles


def test_texts_below_a_folder_are_named_by_their_paths(tmp_path):
    for folder, text in (("a", "first"), ("b", "second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.txt").write_text(text)

    assert list(TextFiles(tmp_path).read()) == [
        Document("a/page.txt", "first", metadata=Metadata(source="a/page.txt")),
        Document("b/page.txt", "second", metadata=Metadata(source="b/page.txt")),
    ]


def test_a_single_file_is_one_document_without_its_byte_order_mark(tmp_path):
    path = tmp_path / "page.txt.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfKi\xc3\xaf"))

    assert list(TextFiles(path).read()) == [Document("page.txt.gz", "Kiï", metadata=Metadata(source="page.txt.gz"))]


def test_a_text_that_is_not_utf8_is_left_out_and_counted(tmp_path):
    (tmp_path / "page.txt").write_bytes(b"\xff")

    assert list(TextFiles(tmp_path).read()) == [Dropped("page.txt", "not_utf8")]


def test_a_torn_text_is_refused_with_its_path(tmp_path):
    path = tmp_path / "page.txt.gz"
    path.write_bytes(gzip.compress(b"x" * 1000)[:-12])

    with pytest.raises(DataError, match=r"page\.txt\.gz: torn"):
        list(TextFiles(path).read())


def test_every_line_may_be_a_document(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"one\n\ntwo\n"))

    documents = list(TextFiles(tmp_path, unit="line").read())

    metadata = Metadata(source="a.txt.gz")
    assert documents == [Document(f"a.txt.gz-{n}", text, metadata=metadata) for n, text in ((1, "one"), (3, "two"))]
