"""The forms of graphs by name, and which one a file or folder has where nobody says."""

from collections.abc import Callable, Mapping
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes, plain_suffix, read_lines
from kgpt.sources.base import GraphSource
from kgpt.sources.benchmark import BenchmarkFolder
from kgpt.sources.codex import CodexFolder
from kgpt.sources.kgtk import KgtkFile, is_edge_header
from kgpt.sources.naming import find_file
from kgpt.sources.rdf import FORMATS, RDFLIB_FORMATS, RdfFile
from kgpt.sources.table import TableFiles, header_cells, triple_columns
from kgpt.sources.tsv import LabelledFolder, TriplesFile
from kgpt.sources.wd50k import StatementFiles, is_statement
from kgpt.sources.wikidata5m import PREFIX, Wikidata5m
from kgpt.sources.wikidata_dump import WikidataDump

GRAPH_FORMS: Mapping[str, Callable[..., GraphSource]] = {
    "benchmark": BenchmarkFolder,
    "codex": CodexFolder,
    "kgtk": KgtkFile,
    "rdf": RdfFile,
    "table": TableFiles,
    "triples": TriplesFile,
    "tsv": LabelledFolder,
    "wd50k": StatementFiles,
    "wiki27k": BenchmarkFolder,
    "wikidata": WikidataDump,
    "wikidata5m": Wikidata5m,
}
_SUFFIXES = {".csv": "table", ".parquet": "table"} | dict.fromkeys([*FORMATS, *RDFLIB_FORMATS], "rdf")
_LINES = {".tsv", ".txt"}
_JSON = {".json", ".jsonl", ".ndjson"}
_LOOK_BYTES = 2**16
_TRAIN = ("train", "valid", "dev", "test")


def graph_form(path: Path) -> str:
    """The name of the form that a file or folder has.

    Raises:
        DataError: kgpt reads no graph of that form.
    """
    if path.is_dir():
        return _folder_form(path)
    suffix = plain_suffix(path)
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix in _LINES:
        return _line_form(path)
    if suffix in _JSON:
        return _json_form(path)
    allowed = ", ".join([*sorted(_LINES), *_SUFFIXES, *sorted(_JSON)])
    raise DataError(
        f"{path}: kgpt reads no graph of this form; allowed suffixes: {allowed} (and .gz .bz2 .xz .zst); where "
        f"the name does not tell, write the form before it, as in `wikidata:{path.name}`"
    )


def _folder_form(folder: Path) -> str:
    """By the names of its files; a folder that nothing tells is said to hold no triples by the reader of TSV."""
    if find_file(folder, ["triples"], [".tsv"]):
        return "tsv"
    if any(folder.glob(f"{PREFIX}*")):
        return "wikidata5m"
    train = find_file(folder, _TRAIN, [".txt", ".tsv"])
    if train is not None and is_statement(_first_line(train)):
        return "wd50k"
    if (folder / "triples").is_dir() or find_file(folder, ["valid_negatives", "test_negatives"], [".txt"]):
        return "codex"
    if train is not None:
        return "benchmark"
    return "table" if any(folder.glob("*.parquet")) else "tsv"


def _line_form(path: Path) -> str:
    """By the first line of a file; one of three columns without known names is a row of triples."""
    if path.name.startswith(PREFIX):
        return "wikidata5m"
    line = _first_line(path)
    if is_edge_header(line):
        return "kgtk"
    if line and triple_columns(header_cells(path)):
        return "table"
    return "wd50k" if is_statement(line) else "triples"


def _json_form(path: Path) -> str:
    """Entities of Wikidata, unless the start of a file speaks JSON-LD."""
    try:
        with open_bytes(path) as file:
            start = file.read(_LOOK_BYTES)
    except TORN_ERRORS:
        return "wikidata"  # which tells what is torn
    return "rdf" if any(word in start for word in (b'"@context"', b'"@id"', b'"@graph"')) else "wikidata"


def _first_line(path: Path) -> str:
    try:
        return next(read_lines(path), (0, ""))[1]
    except DataError:
        return ""  # the reader tells what is torn
