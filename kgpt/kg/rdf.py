"""A graph as N-Triples or Turtle, through rdflib.

Ids that are no IRIs become Wikidata's, escaped where an IRI may not hold a character (`kgpt.sources.rdf` undoes it).
"""

import re
from pathlib import Path
from urllib.parse import quote

import rdflib
from rdflib.namespace import RDFS, SKOS, XSD

from kgpt.io import atomic_file
from kgpt.kg.graph import KnowledgeGraph, Names
from kgpt.records import Literal

_ENTITY = "http://www.wikidata.org/entity/"
_DIRECT = "http://www.wikidata.org/prop/direct/"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NOT_IN_IRI = r'[\x00-\x20<>"{}|\\^`]'
_FORMS = {"nt": "nt11", "ttl": "turtle"}
_DATE_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth}


def export_rdf(graph: KnowledgeGraph, path: Path, *, form: str) -> None:
    """Write labels, aliases, descriptions, triples and literals; `form` is `nt` or `ttl`."""
    out = rdflib.Graph()
    for number in range(graph.num_entities):
        _add_names(out, _entity(graph, number), graph.entities, number)
    for number in range(graph.num_relations):
        _add_names(out, _relation(graph, number), graph.relations, number)
    for head, relation, tail in graph.triples.tolist():
        out.add((_entity(graph, head), _relation(graph, relation), _entity(graph, tail)))
    for row in range(len(graph.literals)):
        literal = graph.literal(row)
        out.add((_iri(literal.head, _ENTITY), _iri(literal.relation, _DIRECT), _value(literal)))
    with atomic_file(path) as file:
        out.serialize(file, format=_FORMS[form], encoding="utf-8")


def _add_names(out: rdflib.Graph, node: rdflib.URIRef, names: Names, number: int) -> None:
    if label := names.labels[number]:
        out.add((node, RDFS.label, rdflib.Literal(label, lang="en")))
    for alias in names.other_names(number):
        out.add((node, SKOS.altLabel, rdflib.Literal(alias, lang="en")))
    if description := names.descriptions[number]:
        out.add((node, rdflib.URIRef("http://schema.org/description"), rdflib.Literal(description, lang="en")))


def _value(literal: Literal) -> rdflib.Literal:
    if literal.kind == "date":
        return rdflib.Literal(literal.value, datatype=_DATE_TYPES.get(len(literal.value), XSD.date), normalize=False)
    if literal.kind == "quantity":
        return rdflib.Literal(literal.value, datatype=_number_type(literal.value), normalize=False)
    return rdflib.Literal(literal.value)


def _number_type(value: str) -> rdflib.URIRef:
    """The datatype under which Turtle writes the number as it stands."""
    if re.fullmatch(r"[+-]?\d+", value):
        return XSD.integer
    return XSD.decimal if re.fullmatch(r"[+-]?\d*\.\d+", value) else XSD.float


def _entity(graph: KnowledgeGraph, number: int) -> rdflib.URIRef:
    return _iri(graph.entities.ids[number], _ENTITY)


def _relation(graph: KnowledgeGraph, number: int) -> rdflib.URIRef:
    return _iri(graph.relations.ids[number], _DIRECT)


def _iri(identifier: str, base: str) -> rdflib.URIRef:
    if _SCHEME.match(identifier):
        return rdflib.URIRef(re.sub(_NOT_IN_IRI, lambda found: quote(found[0]), identifier))
    return rdflib.URIRef(base + re.sub(f"{_NOT_IN_IRI}|%", lambda found: quote(found[0]), identifier))
