"""RDF statements as records, one after the other: names by their predicates and languages, literals by their types."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote

import pyoxigraph

from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, Redirect, RelationRecord, Triple
from kgpt.sources.language import record_language
from kgpt.sources.rdf_date import DATE_TYPES, rdf_date
from kgpt.sources.wikidata_rdf import (
    ENTITY,
    ONTOLOGY,
    RDF_TYPE,
    SAME_AS,
    STATEMENT,
    UNKNOWN_VALUE,
    StatementNode,
    about_page,
    file_name,
    is_relation,
    needless,
    relation_id,
    short_id,
)
from kgpt.sources.wikidata_value import clean, plain_amount

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_OWL = "http://www.w3.org/2002/07/owl#"
FIELDS = {
    _RDFS + "label": "label",
    _SKOS + "prefLabel": "label",
    "http://schema.org/name": "label",
    _SKOS + "altLabel": "aliases",
    "http://schema.org/alternateName": "aliases",
    "http://schema.org/description": "description",
    _RDFS + "comment": "description",
}
_INTEGERS = ("integer", "int", "long", "short", "byte", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
_SIGNED = ("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger")
_NUMBERS = {_XSD + name for name in ("decimal", "double", "float", *_INTEGERS, *_SIGNED)}
_UNTOLD = {_XSD + "string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"}
_RELATION_TYPES = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property",
    *(_OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
}
_MAX_RELATIONS = 10**6


class RdfRecords:
    """Turns statements into records; remembers which IRIs are relations and the node of the statement at hand."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = languages
        self.relations: set[str] = set()
        self._node: StatementNode | None = None

    def records(self, statement: Any) -> Iterable[GraphItem | Dropped]:
        """What one statement says."""
        head, tail = statement.subject, statement.object
        if type(head) is not pyoxigraph.NamedNode or type(tail) not in (pyoxigraph.NamedNode, pyoxigraph.Literal):
            return self._nameless(statement)
        if tail.value.startswith(UNKNOWN_VALUE) or head.value.startswith(UNKNOWN_VALUE):
            return self._nameless(pyoxigraph.Triple(head, statement.predicate, pyoxigraph.BlankNode()))
        iri, predicate, is_named = head.value, statement.predicate.value, type(tail) is pyoxigraph.NamedNode
        if iri.startswith(STATEMENT):
            return self._about_node(iri, predicate, tail, is_named)
        item = None if iri.startswith(ENTITY) else about_page(iri, predicate, tail.value, self.languages)
        if item is None and (reason := needless(predicate)):
            item = Dropped(short_id(iri), reason)
        if item is None:
            item = self._linked(iri, predicate, tail.value) if is_named else self._valued(iri, predicate, tail)
        return (item,) if self._node is None else (*self.rest(), item)

    def rest(self) -> list[GraphItem | Dropped]:
        """What the statement's node that was read last says."""
        if self._node is None:
            return []
        node, self._node = self._node, None
        return list(node.records())

    def _nameless(self, statement: Any) -> Iterable[GraphItem | Dropped]:
        head, tail = statement.subject, statement.object
        if isinstance(head, pyoxigraph.NamedNode) and head.value.startswith(STATEMENT):
            return self._about_node(head.value, statement.predicate.value, tail, False)
        is_blank = isinstance(head, pyoxigraph.BlankNode) or isinstance(tail, pyoxigraph.BlankNode)
        return [*self.rest(), Dropped(str(head), "blank_node" if is_blank else "quoted_triple")]

    def _about_node(self, iri: str, predicate: str, tail: Any, is_named: bool) -> Iterable[GraphItem | Dropped]:
        done = self.rest() if self._node is not None and self._node.iri != iri else []
        if self._node is None:
            self._node = StatementNode(iri, _literal)
        self._node.add(predicate, tail, is_named)
        return done

    def _linked(self, iri: str, predicate: str, tail: str) -> GraphItem | Dropped:
        head = short_id(iri)
        if predicate == RDF_TYPE:
            if tail in _RELATION_TYPES:
                self.note(iri)
                return Dropped(head, "relation_declaration")
            if needless(tail):
                return Dropped(head, "metadata")
        if predicate == SAME_AS and iri.startswith(ENTITY) and tail.startswith(ENTITY):
            return Redirect(head, short_id(tail))
        self.note(predicate)
        if file := file_name(tail):
            return Literal(head, relation_id(predicate), file, datatype="commonsMedia")
        return Triple(head, relation_id(predicate), short_id(tail))

    def _valued(self, iri: str, predicate: str, tail: Any) -> GraphItem | Dropped:
        head, field = short_id(iri), FIELDS.get(predicate)
        if field is None:
            self.note(predicate)
            return _literal(head, relation_id(predicate), tail)
        language = record_language(tail.language or "", self.languages)
        if language is None:
            return Dropped(head, "other_language")
        text = clean(tail.value)
        if not text:
            return Dropped(head, "empty_literal")
        record = RelationRecord if iri in self.relations or is_relation(iri) else EntityRecord
        if field == "label":
            return record(head, label=text, language=language)
        if field == "aliases":
            return record(head, aliases=(text,), language=language)
        return record(head, description=text, language=language)

    def note(self, relation: str) -> None:
        """Remember that an IRI is a relation."""
        if relation not in self.relations and len(self.relations) < _MAX_RELATIONS:
            self.relations.add(relation)


def _type_name(datatype: str) -> str:
    """Wikidata's name of a type (`external-id`), or the whole IRI."""
    return unquote(datatype.removeprefix(ONTOLOGY)) if datatype.startswith(ONTOLOGY) else datatype


def _literal(head: str, relation: str, value: Any) -> Literal | Dropped:
    """A literal by its type, which is kept where kind and value do not say it already."""
    datatype = value.datatype.value
    if datatype in DATE_TYPES:
        date = rdf_date(value.value.strip())
        return Literal(head, relation, date, "date") if date else Dropped(head, "malformed_date")
    if datatype in _NUMBERS:
        amount = plain_amount(value.value.strip())
        return Literal(head, relation, amount, "quantity") if amount else Dropped(head, "malformed_quantity")
    if datatype.startswith(ENTITY):  # a unit, as kgpt writes it
        amount = plain_amount(value.value.strip())
        unit = relation_id(datatype)
        return Literal(head, relation, amount, "quantity", unit) if amount else Dropped(head, "malformed_quantity")
    text, told = clean(value.value), "" if datatype in _UNTOLD else _type_name(datatype)
    if not text:
        return Dropped(head, "empty_literal")
    return Literal(head, relation, text, "string", datatype=told, language=value.language or "")
