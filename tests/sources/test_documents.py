import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.records import Document, Link, Metadata, Triple
from kgpt.sources import open_documents
from kgpt.sources.documents import DocumentsFile, document_json, parse_document, write_documents

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
ids = st.from_regex(r"Q[1-9][0-9]{0,3}", fullmatch=True)
metadata = st.builds(
    Metadata,
    source=texts,
    license=texts,
    url=texts,
    extra=st.dictionaries(st.sampled_from(["n", "note"]), st.integers(0, 9)),
)


@st.composite
def documents(draw):
    text = draw(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=30))
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda span: span[0] < span[1])
    links = draw(st.lists(st.builds(lambda s, e, x: Link(*s, e, x), spans, ids, st.floats(0, 1)), max_size=4))
    triples = draw(st.lists(st.builds(Triple, ids, ids, ids), max_size=3))
    return Document(draw(texts), text, tuple(sorted(links)), draw(metadata), tuple(triples))


@given(st.lists(documents(), max_size=4))
def test_documents_come_back_as_they_were_written(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("documents") / "documents.jsonl"

    assert write_documents(path, written) == len(written)
    assert list(DocumentsFile(path).read()) == written


def test_a_bare_text_is_a_document_named_by_file_and_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one"}\n{"text": "two", "id": null, "metadata": {"source": null}}\n')

    assert list(DocumentsFile(path).read()) == [Document("a.jsonl-1", "one"), Document("a.jsonl-2", "two")]


def test_fields_of_others_are_named_and_plain_values_are_metadata(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"content": "one", "url": "u", "stars": 5, "tags": [1], "metadata": {"page": 7}}))

    (document,) = open_documents(f"jsonl:{path}?text=content&id=url").read()

    assert document == Document("u", "one", metadata=Metadata(extra={"stars": 5, "page": 7}))


@pytest.mark.parametrize("name", ["created", "date", "timestamp"])
def test_what_others_call_a_timestamp_is_one(tmp_path, name):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x", name: "2020-03-29"}))

    (document,) = open_documents(str(tmp_path / "a.jsonl")).read()

    assert document.metadata.timestamp == "2020-03-29"


def test_the_files_of_a_folder_and_arrays_are_read(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.jsonl").write_text('{"text": "two"}')
    (tmp_path / "a.json").write_text('[{"text": "one"}]')

    assert list(open_documents(str(tmp_path)).read()) == [Document("a.json-1", "one"), Document("b/1.jsonl-1", "two")]


def test_links_are_put_in_reading_order():
    value = {
        "text": "Berlin Paris",
        "links": [{"start": 7, "end": 12, "entity": "b"}, {"start": 0, "end": 6, "entity": "a"}],
    }

    assert [link.entity for link in parse_document(value, place="x").links] == ["a", "b"]


def test_metadata_that_kgpt_does_not_name_is_kept():
    document = parse_document({"text": "x", "metadata": {"url": "u", "page": 7}}, place="x")

    assert document.metadata == Metadata(url="u", extra={"page": 7})
    assert document_json(document)["metadata"] == {"url": "u", "page": 7}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"id": "d"}, "a document needs a string `text`, found NoneType"),
        ({"body": "b", "a": 1}, "found NoneType; say which of body holds it, as in FILE?text=body"),
        ({"text": 7}, "a document needs a string `text`, found int"),
        ({"text": "x", "links": [{"start": 0, "end": 1}]}, "malformed document: KeyError: 'entity'"),
        ({"text": "x", "links": None}, "malformed document: TypeError"),
        (
            {"text": "x", "links": [{"start": "a", "end": 1, "entity": "Q1"}]},
            "malformed document: ValueError",
        ),
        ({"text": "x", "metadata": "web"}, "malformed document: AttributeError"),
        ({"text": "x", "triples": [["Q1", "P1"]]}, "malformed document: TypeError"),
        (
            {"id": "d", "text": "x", "links": [{"start": 0, "end": 2, "entity": "Q1"}]},
            "document d: link [0, 2) to Q1 lies out",
        ),
        (
            {"text": "x", "links": [{"start": 1, "end": 1, "entity": "Q1"}]},
            "link to Q1 has the empty span [1, 1)",
        ),
    ],
)
def test_a_malformed_document_is_told_with_its_line(tmp_path, value, told):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "fine"}\n' + json.dumps(value))

    with pytest.raises(DataError) as caught:
        list(DocumentsFile(path).read())

    assert str(caught.value).startswith(f"{path}:2: ")
    assert told in str(caught.value)
