"""The forms of documents by name, and which one a file has where nobody says."""

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes, plain_suffix
from kgpt.sources.base import DocumentSource
from kgpt.sources.documents import JSON_SUFFIXES, DocumentsFile, files_below
from kgpt.sources.elevant import ElevantFile
from kgpt.sources.fewrel import FewRelFile
from kgpt.sources.hub import HubDataset
from kgpt.sources.json_array import read_objects
from kgpt.sources.kilt import KiltFile
from kgpt.sources.knowledgenet import KnowledgeNetFile
from kgpt.sources.nif import NifFile
from kgpt.sources.parquet import ParquetFiles
from kgpt.sources.plain_text import TextFiles
from kgpt.sources.tekgen import TekGenFile
from kgpt.sources.trex import TrexFile
from kgpt.sources.trex_documents import TrexDocuments
from kgpt.sources.warc import WebArchive
from kgpt.sources.web_page import HTML_SUFFIXES, WebPages
from kgpt.sources.wikipedia import WikipediaDump, export_files, is_export

DOCUMENT_FORMS: Mapping[str, type[DocumentSource]] = {
    "elevant": ElevantFile,
    "fewrel": FewRelFile,
    "html": WebPages,
    "hub": HubDataset,
    "jsonl": DocumentsFile,
    "kilt": KiltFile,
    "knowledgenet": KnowledgeNetFile,
    "nif": NifFile,
    "parquet": ParquetFiles,
    "tekgen": TekGenFile,
    "text": TextFiles,
    "trex": TrexDocuments,
    "trex_sentences": TrexFile,
    "warc": WebArchive,
    "wikipedia": WikipediaDump,
}
_SUFFIXES = {
    ".txt": "text",
    ".parquet": "parquet",
    ".xml": "wikipedia",
    ".ttl": "nif",
    ".warc": "warc",
    ".wet": "warc",
    **dict.fromkeys(HTML_SUFFIXES, "html"),
}
_FIELDS: Mapping[str, tuple[frozenset[str], ...]] = {
    "trex_sentences": (frozenset({"text", "mentions", "triples"}),),
    "trex": (frozenset({"docid", "text", "entities"}),),
    "kilt": (frozenset({"wikipedia_id", "wikipedia_title", "text"}),),
    "fewrel": (frozenset({"tokens", "h", "t"}),),
    "tekgen": (frozenset({"sent", "sub_label", "obj_label"}),),
    "knowledgenet": (frozenset({"passage", "property", "pass_start"}), frozenset({"documentId", "passages"})),
    "elevant": (frozenset({"text", "labels"}), frozenset({"text", "entity_mentions"})),
}
"""The fields that tell a form by its first object."""
_FOLDERS = frozenset({"jsonl", "trex"})
"""Forms in JSON of which a folder is read whole."""
_FEWREL_START = re.compile(rb'\s*\{\s*"P[0-9]+"\s*:\s*\[')


def document_form(path: Path) -> str:
    """The name of the form that a file or folder has.

    Raises:
        DataError: one that kgpt does not read.
    """
    if path.is_dir():
        return _folder_form(path)
    suffix = plain_suffix(path)
    if suffix in JSON_SUFFIXES:
        return _json_form(path)
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if is_export(path):
        return "wikipedia"
    allowed = ", ".join([*JSON_SUFFIXES, *_SUFFIXES])
    raise DataError(
        f"{path}: kgpt reads no corpus of this form; allowed suffixes: {allowed} (and .gz .bz2 .xz .zst); "
        f"or say the form: FORM:PATH with {', '.join(DOCUMENT_FORMS)}"
    )


def _folder_form(folder: Path) -> str:
    """The form of a folder's files: all Parquet, all JSON of one form, web pages alone, else texts."""
    tables, lines = files_below(folder, {".parquet"}), files_below(folder, JSON_SUFFIXES)
    if tables and lines:
        raise DataError(
            f"{folder}: holds both Parquet ({tables[0].name}) and JSON ({lines[0].name}); "
            f"say which is meant: parquet:{folder} or jsonl:{folder}"
        )
    if tables:
        return "parquet"
    if not lines:
        pages = files_below(folder, HTML_SUFFIXES) and not files_below(folder, {".txt"})
        return "wikipedia" if export_files(folder) else "html" if pages else "text"
    form = _json_form(lines[0])
    if form not in _FOLDERS:
        raise DataError(f"{folder}: holds files of the form {form}, which are read one by one; name each: {lines[0]}")
    return form


def _json_form(path: Path) -> str:
    if _is_fewrel(path):
        return "fewrel"
    first: Mapping[str, Any] = next((value for _, _, value in islice(read_objects(path), 1)), {})
    for form, signatures in _FIELDS.items():
        if any(fields <= first.keys() for fields in signatures):
            return form
    return "jsonl"


def _is_fewrel(path: Path) -> bool:
    """Whether a file is FewRel's own `{relation: [sentence, ...]}`, all in one line."""
    try:
        with open_bytes(path) as file:
            return _FEWREL_START.match(file.read(256)) is not None
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says: {error}") from error
