"""Which reader a path needs: told by its suffix, its folder's files, its first line."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import require_file
from kgpt.sources.address import EMBEDDED_FORM, open_reader, parse_address
from kgpt.sources.base import DocumentSource, GraphSource, QuestionSource
from kgpt.sources.document_forms import DOCUMENT_FORMS, document_form
from kgpt.sources.graph_forms import GRAPH_FORMS, graph_form
from kgpt.sources.hub import HubDataset
from kgpt.sources.question_forms import QUESTION_FORMS, question_form


def open_graph(source: str, *, languages: Sequence[str] = ()) -> GraphSource:
    """The reader of a graph: `[FORM:]PATH[?OPTION=VALUE&...]` or `embedded:NAME`.

    Args:
        source: where.
        languages: read by a reader that reads several, if the source's own options do not say.

    Raises:
        DataError: nothing there, a form that kgpt does not read, or an option that the form has not.
    """
    address = parse_address(source, forms=GRAPH_FORMS)
    path = address.resolve("graphs")
    form = graph_form(path) if address.form in ("", EMBEDDED_FORM) else address.form
    reader: Any = open_reader(GRAPH_FORMS[form], address, path)
    if languages and "languages" not in address.options and "languages" in {field.name for field in fields(reader)}:
        reader = replace(reader, languages=tuple(languages))
    opened: GraphSource = reader
    return opened


def open_documents(source: str) -> DocumentSource:
    """The reader of documents: `[FORM:]PATH[?OPTION=VALUE&...]`, `embedded:NAME` or `hub:DATASET`.

    Raises:
        DataError: nothing there, a form that kgpt does not read, or an option that the form has not.
    """
    address = parse_address(source, forms=DOCUMENT_FORMS)
    if address.form == "hub":
        return open_reader(HubDataset, address, address.name)
    path = address.resolve("corpora")
    inner = path / "documents.jsonl"
    if inner.is_file() and address.form in ("", EMBEDDED_FORM):
        path = inner
    form = document_form(path) if address.form in ("", EMBEDDED_FORM) else address.form
    reader = open_reader(DOCUMENT_FORMS[form], address, path)
    files = reader.files()
    if not files:
        raise DataError(f"{source}: no file of the form {form} lies there; forms: {', '.join(DOCUMENT_FORMS)}")
    for file in files:
        require_file(file, what=form)
    return reader


def open_questions(source: str) -> QuestionSource:
    """The reader of questions: `[FORM:]PATH[?OPTION=VALUE&...]`, or `embedded:NAME` for the sample's.

    Raises:
        DataError: nothing there, a form that kgpt does not read, or an option that the form has not.
    """
    address = parse_address(source, forms=QUESTION_FORMS)
    path = address.resolve("graphs")
    inner = path / "questions.jsonl"
    if inner.is_file() and address.form in ("", EMBEDDED_FORM):
        path = inner
    form = question_form(path) if address.form in ("", EMBEDDED_FORM) else address.form
    return open_reader(QUESTION_FORMS[form], address, path)


def question_set(source: str) -> str:
    """The name of a source's questions: its file's or folder's, without suffixes.

    >>> question_set("popqa:qa/popqa_1k.jsonl.gz?split=test")
    'popqa_1k'
    """
    return Path(parse_address(source, forms=QUESTION_FORMS).name).name.split(".")[0]
