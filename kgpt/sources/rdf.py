"""RDF graphs, through pyoxigraph: N-Triples, N-Quads, Turtle, TriG and RDF/XML, plain or compressed.

Ids are local names for Wikidata's own IRIs (`Q64`, `P36`) and whole IRIs elsewhere. Labels, aliases and
descriptions come from the usual predicates in the language asked for. Statements about blank nodes are left out
and counted, as are empty strings and statements about statements. RDF/XML with a DOCTYPE is refused: entity
declarations can blow up memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import unquote

import pyoxigraph

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes, plain_suffix
from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, Triple
from kgpt.text import nfc, squeeze

FORMATS = {
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".owl": pyoxigraph.RdfFormat.RDF_XML,
}
_ENTITY = "http://www.wikidata.org/entity/"
_DIRECT = "http://www.wikidata.org/prop/direct/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LABELS = {"http://www.w3.org/2000/01/rdf-schema#label", _SKOS + "prefLabel", "http://schema.org/name"}
_ALIASES = {_SKOS + "altLabel"}
_DESCRIPTIONS = {"http://schema.org/description", "http://www.w3.org/2000/01/rdf-schema#comment"}
_DATES = {_XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth")}
_NUMBERS = {_XSD + name for name in ("decimal", "integer", "int", "long", "double", "float", "nonNegativeInteger")}


@dataclass(frozen=True, slots=True)
class RdfFile:
    """An RDF file; its form is told by its suffix.

    Args:
        path: the file.
        language: labels in this language (or in none) are kept.
    """

    path: Path
    language: str = "en"

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Its statements as records.

        Raises:
            DataError: malformed, or RDF/XML with a DOCTYPE.
        """
        form = FORMATS[plain_suffix(self.path)]
        try:
            if form == pyoxigraph.RdfFormat.RDF_XML:
                _refuse_doctype(self.path)
            with open_bytes(self.path) as file:
                for statement in pyoxigraph.parse(cast(IO[bytes], file), format=form):
                    yield self._record(statement)
        except (SyntaxError, ValueError) as error:
            raise DataError(f"{self.path}: not {form.name}: {error}") from error
        except TORN_ERRORS as error:
            raise DataError(f"{self.path}: torn or not what its suffix says: {error}") from error

    def _record(self, statement: Any) -> GraphItem | Dropped:
        head, predicate, tail = statement.subject, statement.predicate, statement.object
        if isinstance(head, pyoxigraph.BlankNode) or isinstance(tail, pyoxigraph.BlankNode):
            return Dropped(str(head), "blank_node")
        if isinstance(head, pyoxigraph.Triple) or isinstance(tail, pyoxigraph.Triple):
            return Dropped(str(head), "quoted_triple")
        if isinstance(tail, pyoxigraph.NamedNode):
            return Triple(short_id(head.value), short_id(predicate.value), short_id(tail.value))
        return self._valued(short_id(head.value), predicate.value, tail)

    def _valued(self, head: str, predicate: str, tail: Any) -> GraphItem | Dropped:
        named = predicate in _LABELS | _ALIASES | _DESCRIPTIONS
        if tail.language and tail.language.split("-")[0] != self.language:
            return Dropped(head, "other_language")
        text = squeeze(nfc(tail.value))
        if not text:
            return Dropped(head, "empty_literal")
        if not named:
            return _literal(head, short_id(predicate), tail.value, tail.datatype.value)
        if predicate in _LABELS:
            return EntityRecord(head, label=text)
        return EntityRecord(head, aliases=(text,)) if predicate in _ALIASES else EntityRecord(head, description=text)


def short_id(iri: str) -> str:
    """The id that stands for an IRI: Wikidata's own are cut to `Q64` and `P36`, what was escaped in them restored.

    >>> short_id("http://www.wikidata.org/prop/direct/P36")
    'P36'
    """
    local = iri.removeprefix(_ENTITY).removeprefix(_DIRECT)
    return local if local == iri else unquote(local)


def _literal(head: str, relation: str, value: str, datatype: str) -> Literal:
    if datatype in _DATES:
        return Literal(head, relation, value.split("T", maxsplit=1)[0], "date")
    return Literal(head, relation, value, "quantity" if datatype in _NUMBERS else "string")


def _refuse_doctype(path: Path) -> None:
    with open_bytes(path) as file:
        if b"<!DOCTYPE" in file.read(2**16):
            raise DataError(f"{path}: RDF/XML with a DOCTYPE is refused (entity bombs); remove the declaration")
