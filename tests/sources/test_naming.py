import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.records import EntityRecord
from kgpt.sources.naming import entry_record, find_file, read_columns, read_entries, readable
from kgpt.sources.wikidata_value import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Enk\u00F6ping", "Enköping"),
        (r"a \"b\"", 'a "b"'),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        (r"C:\temp", r"C:\temp"),
        (" a  b ", "a b"),
    ],
)
def test_escapes_of_a_release_are_undone(text, expected):
    assert readable(text) == expected


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\\")))
def test_a_text_without_escapes_is_only_squeezed(text):
    assert readable(text) == clean(text)


def test_lines_are_an_id_and_its_texts(tmp_path):
    (tmp_path / "a.txt").write_text("Q1\tUniverse\t \tcosmos\nQ2\t\n")

    assert list(read_columns(tmp_path / "a.txt")) == [["Q1", "Universe", "cosmos"], ["Q2"]]


@pytest.mark.parametrize("line", ["Q1", "\tUniverse"])
def test_a_line_without_id_or_text_is_told_with_its_number(tmp_path, line):
    (tmp_path / "a.txt").write_text(f"Q1\tUniverse\n{line}\n")

    with pytest.raises(DataError, match=r"a\.txt:2: expected an id and a text separated by a tab, found"):
        list(read_columns(tmp_path / "a.txt"))


def test_entries_of_a_json_object_are_read_compressed_or_not(tmp_path):
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps({"Q1": "x"}).encode("utf-8-sig")))

    assert list(read_entries(tmp_path / "a.json.gz")) == [("Q1", "x")]


@pytest.mark.parametrize("content", [b"[1]", b"{", b'{"a": "\xff"}'])
def test_what_is_no_json_object_is_told_with_its_path(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(DataError, match=r"a\.json: "):
        list(read_entries(tmp_path / "a.json"))


def test_an_entry_is_a_label_or_a_mapping():
    told = {"label": "x  y", "description": None}

    assert entry_record(EntityRecord, "Q1", "x", "") == EntityRecord("Q1", "x")
    assert entry_record(EntityRecord, "Q1", told, "de") == EntityRecord("Q1", "x y", language="de")


def test_a_file_is_found_by_any_of_its_names(tmp_path):
    (tmp_path / "dev.tsv.zst").touch()

    assert find_file(tmp_path, ["valid", "dev"], [".txt", ".tsv"]) == tmp_path / "dev.tsv.zst"
    assert find_file(tmp_path, ["test"], [".txt"]) is None
