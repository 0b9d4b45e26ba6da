"""RDF graphs, plain or compressed, streamed through pyoxigraph; TriX and HexTuples through rdflib, in memory.

Ids are local names for Wikidata's own IRIs (`Q64`, `P36`) and whole IRIs elsewhere. Labels, aliases and
descriptions come from the usual predicates in the languages asked for; a date, quantity or string keeps its type and
language. Statements about blank nodes are left out and counted, as are empty strings, statements about statements, and
what Wikidata's dumps say of themselves. Nothing is fetched: a JSON-LD context must stand in the file. XML with a
DOCTYPE is refused: entity declarations can blow up memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from warnings import catch_warnings, simplefilter

import pyoxigraph

from kgpt.errors import DataError, did_you_mean
from kgpt.io import TORN_ERRORS, open_bytes, plain_suffix, read_bytes
from kgpt.records import Dropped, GraphItem
from kgpt.sources.block import Block
from kgpt.sources.ntriples import read_blocks
from kgpt.sources.rdf_record import RdfRecords
from kgpt.sources.wikidata_rdf import short_id
from kgpt.sources.xml_guard import GuardedXml, read_root

__all__ = ["FORMATS", "RDFLIB_FORMATS", "RdfFile", "short_id"]

FORMATS = {
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".n3": pyoxigraph.RdfFormat.N3,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".owl": pyoxigraph.RdfFormat.RDF_XML,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
}
_ALSO = {".json": ".jsonld", ".xml": ".rdf"}
RDFLIB_FORMATS = {".trix": "trix", ".hext": "hext"}


@dataclass(frozen=True, slots=True)
class RdfFile:
    """An RDF file.

    Args:
        path: the file.
        languages: names in these (or in none) are kept; the first is the graph's main one.
        format: the suffix of its form (`nt`, `ttl`, `jsonld`, ...) where its own does not tell.
        lenient: accept IRIs that are none, as large dumps hold a few.
    """

    path: Path
    languages: tuple[str, ...] = ("en",)
    format: str = ""
    lenient: bool = False

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Its statements as records.

        Raises:
            DataError: malformed, with a context from elsewhere, or XML with a DOCTYPE.
        """
        suffix = self._suffix()
        name = FORMATS[suffix].name if suffix in FORMATS else RDFLIB_FORMATS[suffix]
        records = RdfRecords(self.languages)
        try:
            for statement in self._statements(suffix):
                yield from records.records(statement)
            yield from records.rest()
        except (SyntaxError, ValueError, MemoryError) as error:
            raise DataError(f"{self.path}: not {name}: {error}{_remedy(str(error))}") from error
        except TORN_ERRORS as error:
            raise DataError(f"{self.path}: torn or not what its suffix says: {error}") from error

    def blocks(self) -> Iterator[GraphItem | Dropped | Block]:
        """What `read` says, the most of N-Triples in bulk.

        Raises:
            DataError: see `read`.
        """
        if self._suffix() == ".nt":
            return read_blocks(self.path, RdfRecords(self.languages), lenient=self.lenient)
        return self.read()

    def _suffix(self) -> str:
        suffix = f".{self.format}" if self.format else _ALSO.get(plain_suffix(self.path), plain_suffix(self.path))
        allowed = {**FORMATS, **RDFLIB_FORMATS}
        if suffix not in allowed:
            hint = did_you_mean(suffix[1:], [one[1:] for one in allowed])
            raise DataError(
                f"{self.path}: no form of RDF is called {suffix[1:]!r}; name it with the option `format`; {hint}"
            )
        return suffix

    def _statements(self, suffix: str) -> Iterator[Any]:
        if suffix in RDFLIB_FORMATS:
            if suffix == ".trix":
                read_root(self.path, what="TriX")
            yield from _through_rdflib(self.path, RDFLIB_FORMATS[suffix])
        elif FORMATS[suffix] == pyoxigraph.RdfFormat.JSON_LD:  # parsed in one piece, so its size is looked at first
            yield from self._parse(read_bytes(self.path), suffix)
        elif FORMATS[suffix] == pyoxigraph.RdfFormat.RDF_XML:
            root = read_root(self.path, what="RDF/XML")
            with open_bytes(self.path) as file:
                guarded = GuardedXml(file, self.path, root, what="RDF/XML")
                yield from self._parse(guarded, suffix)
                guarded.check_end()
        else:
            with open_bytes(self.path) as file:
                yield from self._parse(file, suffix)

    def _parse(self, content: Any, suffix: str) -> Iterator[Any]:
        return cast(Iterator[Any], pyoxigraph.parse(content, format=FORMATS[suffix], lenient=self.lenient))


def _remedy(message: str) -> str:
    if "buffer maximal size" in message:
        return "; a statement is too long: split it"
    if "context" in message and ("LoadDocumentCallback" in message or "remote" in message):
        return "; contexts are not fetched: write the context into the file"
    return ""


def _through_rdflib(path: Path, form: str) -> Iterable[Any]:
    import rdflib

    content, dataset = read_bytes(path), rdflib.Dataset()
    try:
        with catch_warnings():
            simplefilter("ignore", DeprecationWarning)  # rdflib's parsers use what rdflib deprecates
            dataset.parse(data=content, format=form)
    except Exception as error:  # rdflib's parsers raise a different class for every kind of damage
        raise DataError(f"{path}: not {form}: {error}") from error
    for head, relation, tail, _ in dataset.quads():
        yield pyoxigraph.Quad(_term(head), _term(relation), _term(tail))


def _term(term: Any) -> Any:
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return pyoxigraph.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return pyoxigraph.BlankNode()
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    return pyoxigraph.Literal(str(term), datatype=pyoxigraph.NamedNode(str(term.datatype)) if term.datatype else None)
