"""Which reader a path needs: told by its suffix, its folder's files, its first line."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import plain_suffix, read_json_lines
from kgpt.sources import embedded, hub, rdf
from kgpt.sources.base import DocumentSource, GraphSource, QuestionSource
from kgpt.sources.documents import DocumentsFile
from kgpt.sources.plain_text import TextFiles
from kgpt.sources.questions import QuestionsFile
from kgpt.sources.trex import TrexFile
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
    """The reader of documents: JSON Lines (kgpt's form or T-REx's), text files, `embedded:NAME`, or `hub:DATASET`.

    Raises:
        DataError: nothing there, or a form that kgpt does not read.
    """
    if source.startswith(hub.PREFIX):
        return hub.HubDataset(source.removeprefix(hub.PREFIX))
    path = embedded.resolve(source, "corpora")
    if path.is_dir():
        inner = path / "documents.jsonl"
        return DocumentsFile(inner) if inner.is_file() else TextFiles(path)
    suffix = plain_suffix(path)
    if suffix in {".jsonl", ".ndjson"}:
        return _json_reader(path)
    if suffix == ".txt":
        return TextFiles(path)
    raise _unknown_form(path, "corpus", ".jsonl, .ndjson, .txt")


def open_questions(source: str) -> QuestionSource:
    """The reader of questions: JSON Lines, or `embedded:NAME` for the sample's.

    Raises:
        DataError: nothing there.
    """
    path = embedded.resolve(source, "graphs")
    return QuestionsFile(path / "questions.jsonl" if path.is_dir() else path)


def _json_reader(path: Path) -> DocumentSource:
    first = next(iter(islice(read_json_lines(path), 1)), (0, {"text": ""}))[1]
    reader: Callable[[Path], DocumentSource] = TrexFile if "mentions" in first else DocumentsFile
    return reader(path)


def _unknown_form(path: Path, what: str, allowed: str) -> DataError:
    return DataError(f"{path}: kgpt reads no {what} of this form; allowed suffixes: {allowed} (and .gz .bz2 .xz .zst)")
