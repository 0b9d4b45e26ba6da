"""Which reader a path needs: told by its suffix, its folder's files, its first line."""

from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import plain_suffix
from kgpt.sources import embedded, rdf
from kgpt.sources.address import EMBEDDED_FORM, open_reader, parse_address
from kgpt.sources.base import DocumentSource, GraphSource, QuestionSource
from kgpt.sources.document_forms import DOCUMENT_FORMS, document_form
from kgpt.sources.hub import HubDataset
from kgpt.sources.questions import QuestionsFile
from kgpt.sources.tsv import LabelledFolder, TriplesFile


def open_graph(source: str) -> GraphSource:
    """The reader of a graph: a folder of TSV files, a TSV or RDF file, or `embedded:NAME`.

    Raises:
        DataError: nothing there, or a form that kgpt does not read.
    """
    path = embedded.resolve(source, "graphs")
    if path.is_dir():
        return LabelledFolder(path)
    suffix = plain_suffix(path)
    if suffix in {".tsv", ".txt"}:
        return TriplesFile(path)
    if suffix in rdf.FORMATS:
        return rdf.RdfFile(path)
    raise _unknown_form(path, "graph", ".tsv, .txt, " + ", ".join(rdf.FORMATS))


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
    return open_reader(DOCUMENT_FORMS[form], address, path)


def open_questions(source: str) -> QuestionSource:
    """The reader of questions: JSON Lines, or `embedded:NAME` for the sample's.

    Raises:
        DataError: nothing there.
    """
    path = embedded.resolve(source, "graphs")
    return QuestionsFile(path / "questions.jsonl" if path.is_dir() else path)


def _unknown_form(path: Path, what: str, allowed: str) -> DataError:
    return DataError(f"{path}: kgpt reads no {what} of this form; allowed suffixes: {allowed} (and .gz .bz2 .xz .zst)")
