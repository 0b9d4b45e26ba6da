"""A graph as N-Triples or Turtle, through rdflib; ids that are no IRIs become Wikidata's."""

from pathlib import Path

import rdflib
from rdflib.namespace import RDFS, SKOS, XSD

from kgpt.io import atomic_file
from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import Literal

_ENTITY = "http://www.wikidata.org/entity/"
_DIRECT = "http://www.wikidata.org/prop/direct/"
_FORMS = {"nt": "nt11", "ttl": "turtle"}
_DATE_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth}


def export_rdf(graph: KnowledgeGraph, path: Path, *, form: str) -> None:
    """Write labels, aliases, descriptions, triples and literals; `form` is `nt` or `ttl`."""
    out = rdflib.Graph()
    for number in range(graph.num_entities):
        _add_names(out, graph, number)
    for number in range(graph.num_relations):
        out.add((_relation(graph, number), RDFS.label, rdflib.Literal(graph.relations.label(number), lang="en")))
    for head, relation, tail in graph.triples.tolist():
        out.add((_entity(graph, head), _relation(graph, relation), _entity(graph, tail)))
    for row in range(len(graph.literals)):
        literal = graph.literal(row)
        out.add((_iri(literal.head, _ENTITY), _iri(literal.relation, _DIRECT), _value(literal)))
    with atomic_file(path) as file:
        out.serialize(file, format=_FORMS[form], encoding="utf-8")


def _add_names(out: rdflib.Graph, graph: KnowledgeGraph, number: int) -> None:
    node, (label, *aliases) = _entity(graph, number), graph.entities.surfaces(number)
    out.add((node, RDFS.label, rdflib.Literal(label, lang="en")))
    for alias in aliases:
        out.add((node, SKOS.altLabel, rdflib.Literal(alias, lang="en")))
    if description := graph.entities.descriptions[number]:
        out.add((node, rdflib.URIRef("http://schema.org/description"), rdflib.Literal(description, lang="en")))


def _value(literal: Literal) -> rdflib.Literal:
    if literal.kind == "date":
        return rdflib.Literal(literal.value, datatype=_DATE_TYPES.get(len(literal.value), XSD.date), normalize=False)
    if literal.kind == "quantity":
        return rdflib.Literal(literal.value, datatype=XSD.decimal, normalize=False)
    return rdflib.Literal(literal.value)


def _entity(graph: KnowledgeGraph, number: int) -> rdflib.URIRef:
    return _iri(graph.entities.ids[number], _ENTITY)


def _relation(graph: KnowledgeGraph, number: int) -> rdflib.URIRef:
    return _iri(graph.relations.ids[number], _DIRECT)


def _iri(identifier: str, base: str) -> rdflib.URIRef:
    return rdflib.URIRef(identifier if "://" in identifier else base + identifier)
