import json

import pytest

from kgpt.errors import DataError
from kgpt.sources import open_documents
from kgpt.sources.document_forms import DOCUMENT_FORMS, document_form

FIRST = {
    "elevant": {"text": "x", "labels": []},
    "fewrel": {"tokens": [], "h": [], "t": [], "relation": "P1"},
    "jsonl": {"text": "x", "url": "http://a"},
    "kilt": {"wikipedia_id": "1", "wikipedia_title": "x", "text": []},
    "knowledgenet": {"passage": "x", "property": "CEO", "pass_start": 0},
    "tekgen": {"sent": "x", "sub_label": "x", "obj_label": "y"},
    "trex": {"docid": "1", "text": "x", "entities": []},
    "trex_sentences": {"text": "x", "mentions": [], "triples": []},
}
NAMES = {
    "html": "a.html",
    "nif": "a.ttl.gz",
    "parquet": "a.parquet",
    "text": "a.txt.zst",
    "warc": "a.warc.gz",
    "wikipedia": "a.xml-p1p41242.bz2",
}


def test_every_form_can_be_told_or_named():
    assert FIRST.keys() | NAMES.keys() | {"hub"} == DOCUMENT_FORMS.keys()


@pytest.mark.parametrize("form", FIRST)
@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json"])
def test_the_first_object_tells_the_form(tmp_path, form, suffix):
    (tmp_path / f"a{suffix}").write_text(json.dumps(FIRST[form]))

    assert document_form(tmp_path / f"a{suffix}") == form
    assert type(open_documents(f"{form}:{tmp_path / f'a{suffix}'}")) is DOCUMENT_FORMS[form]


def test_the_first_object_of_an_array_does_too(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([FIRST["trex"]]))

    assert document_form(tmp_path / "a.json") == "trex"


@pytest.mark.parametrize(("form", "name"), NAMES.items())
def test_the_name_tells_the_form(tmp_path, form, name):
    (tmp_path / name).touch()

    assert document_form(tmp_path / name) == form
    assert document_form(tmp_path) == ("text" if form in ("nif", "warc") else form)


def test_a_folder_of_both_kinds_must_be_named(tmp_path):
    (tmp_path / "a.parquet").touch()
    (tmp_path / "a.jsonl").touch()

    with pytest.raises(DataError, match=r"holds both Parquet .* and JSON .*; say which is meant: parquet:"):
        document_form(tmp_path)


def test_a_folder_of_a_form_that_is_read_file_by_file_is_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps(FIRST["tekgen"]))

    with pytest.raises(DataError, match="holds files of the form tekgen, which are read one by one"):
        document_form(tmp_path)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("wikipedias:{}", "did you mean 'wikipedia'"),
        ("text:{}?unit=word", "unit: found 'word'; allowed: file, line"),
        ("wikipedia:{}?title=x", "no such option: 'title'; did you mean 'titles'"),
        ("tekgen:{}?a=b", "no such option: 'a'; this form has none"),
    ],
)
def test_a_form_or_option_that_is_none_is_told_with_the_nearest(tmp_path, source, told):
    (tmp_path / "a.txt").touch()

    with pytest.raises(DataError, match=told):
        open_documents(source.format(tmp_path / "a.txt"))
