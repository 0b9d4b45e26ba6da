import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Link, Triple
from kgpt.sources import open_documents, open_graph, open_questions
from kgpt.sources.documents import DocumentsFile
from kgpt.sources.plain_text import TextFiles
from kgpt.sources.questions import QuestionsFile
from kgpt.sources.rdf import FORMATS, RdfFile
from kgpt.sources.trex import TrexFile
from kgpt.sources.tsv import LabelledFolder, TriplesFile
from kgpt.sources.web_page import WebPages


@pytest.mark.parametrize(
    ("name", "reader"),
    [("a.tsv", TriplesFile), ("a.txt.gz", TriplesFile), *[(f"a{suffix}.zst", RdfFile) for suffix in FORMATS]],
)
def test_the_suffix_tells_the_reader_of_a_graph(tmp_path, name, reader):
    (tmp_path / name).touch()

    assert type(open_graph(str(tmp_path / name))) is reader


def test_a_folder_is_a_labelled_graph(tmp_path):
    assert open_graph(str(tmp_path)) == LabelledFolder(tmp_path)


@pytest.mark.parametrize(("opening", "what"), [(open_graph, "graph"), (open_documents, "corpus")])
def test_a_form_that_kgpt_does_not_read_is_told_with_those_it_does(tmp_path, opening, what):
    (tmp_path / "a.docx").touch()

    with pytest.raises(DataError, match=rf"a\.docx: kgpt reads no {what} of this form; allowed suffixes: \.") as caught:
        opening(str(tmp_path / "a.docx"))

    assert ".txt" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "reader"),
    [({"text": "x"}, DocumentsFile), ({"text": "x", "mentions": [], "triples": []}, TrexFile)],
)
def test_the_first_line_tells_t_rex_from_documents(tmp_path, value, reader):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(value))

    assert open_documents(str(path)) == reader(path)


def test_an_empty_file_is_a_corpus_without_documents(tmp_path):
    (tmp_path / "a.jsonl").touch()

    assert list(open_documents(str(tmp_path / "a.jsonl")).read()) == []


def test_a_folder_of_texts_is_a_corpus(tmp_path):
    (tmp_path / "a.txt").touch()

    assert open_documents(str(tmp_path)) == TextFiles(tmp_path)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{}", r"no file of the form text lies there; forms: elevant, "),
        ("parquet:{}", r"no file of the form parquet lies there"),
        ("wikipedia:{}/a.xml?titles={}/none.tsv", r"none\.tsv: no such file \(wikipedia\)"),
        ("kilt:{}", r"no such file \(kilt\)"),
        ("jsonl:{}/none", r"no such file or folder"),
    ],
)
def test_a_corpus_without_files_is_told(tmp_path, source, told):
    (tmp_path / "a.xml").touch()
    (tmp_path / "empty").mkdir()
    folder = tmp_path if "a.xml" in source else tmp_path / "empty"

    with pytest.raises(DataError, match=told):
        open_documents(source.replace("{}", str(folder)))


def test_a_folder_of_web_pages_alone_is_told_by_its_suffixes(tmp_path):
    (tmp_path / "a.html").write_text("<p>x</p>")
    assert type(open_documents(str(tmp_path))) is WebPages

    (tmp_path / "b.txt").write_text("x")
    assert type(open_documents(str(tmp_path))) is TextFiles


def test_the_embedded_sample_opens_as_graph_corpus_and_questions():
    assert Triple("Q15", "P31", "Q5107") in list(open_graph("embedded:atlas").read())
    assert all(isinstance(document, Document) for document in open_documents("embedded:atlas").read())
    assert next(iter(open_questions("embedded:atlas").read())).answers


def test_questions_open_by_path(tmp_path):
    (tmp_path / "q.jsonl").touch()

    assert open_questions(str(tmp_path / "q.jsonl")) == QuestionsFile(tmp_path / "q.jsonl")


def test_gold_of_any_form_is_told_by_its_fields(tmp_path):
    own = {"text": "Berlin", "links": [{"start": 0, "end": 6, "entity": "Q64"}]}
    elevant = {"text": "Berlin", "labels": [{"span": [0, 6], "entity_id": "Q64"}]}
    sentence = {"text": "Berlin", "mentions": [{"start": 0, "end": 6, "qid": "Q64"}], "triples": []}

    for value in (own, elevant, sentence):
        (tmp_path / "gold.jsonl").write_text(json.dumps(value))
        (document,) = open_documents(str(tmp_path / "gold.jsonl")).read()
        assert document.links == (Link(0, 6, "Q64"),)
