"""Ids as IRIs: Wikidata's for ids that are none, escaped so that `kgpt.sources.rdf` gives every id back.

| what | IRI |
|---|---|
| entity `Q64`, relation `P36` | `wd:Q64`, `wdt:P36` |
| an id that is an IRI already, `http://x.org/a` | itself |
| any other id, `100% sure` | `wd:100%25%20sure` |
| unit `Q11573` of a quantity | the datatype `wd:Q11573`, as DBpedia names the unit by the datatype |
| a source's name of a type, `external-id` | the datatype `wikibase:external-id` |
"""

import re
from urllib.parse import quote

import pyoxigraph

from kgpt.sources.wikidata_rdf import DIRECT, ENTITY, ONTOLOGY

PREFIXES = {
    "wd": ENTITY,
    "wdt": DIRECT,
    "wds": ENTITY + "statement/",
    "p": "http://www.wikidata.org/prop/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "wikibase": ONTOLOGY,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "schema": "http://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""What a query or a Turtle file of kgpt's may abbreviate."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLAIN = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_NOT_LOCAL = re.compile(r"[^\w.~!$&'()*+,;=:@/-]|[\ue000-\uf8ff]")


def entity_iri(identifier: str) -> str:
    """The IRI of an entity.

    >>> entity_iri("Q64"), entity_iri("100% sure")
    ('http://www.wikidata.org/entity/Q64', 'http://www.wikidata.org/entity/100%25%20sure')
    """
    return _iri(identifier, ENTITY)


def relation_iri(identifier: str) -> str:
    """The IRI of a relation."""
    return _iri(identifier, DIRECT)


def unit_iri(identifier: str) -> str:
    """The datatype that says a quantity's unit; a unit that is an IRI is escaped whole, as no other datatype is."""
    return ENTITY + (identifier if _PLAIN.fullmatch(identifier) else quote(identifier, safe=""))


def datatype_iri(name: str) -> str:
    """The datatype of a string whose source calls its type `name`."""
    return name if is_iri(name) else ONTOLOGY + quote(name, safe="-")


def is_iri(text: str) -> bool:
    """Whether `text` is an absolute IRI as it stands."""
    if not _SCHEME.match(text):
        return False
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return False
    return True


def is_plain(identifier: str) -> bool:
    """Whether an id is letters, digits and underscores alone, as all of Wikidata's are."""
    return _PLAIN.fullmatch(identifier) is not None


def _iri(identifier: str, base: str) -> str:
    if _PLAIN.fullmatch(identifier):
        return base + identifier
    if is_iri(identifier) and not identifier.startswith((ENTITY, DIRECT)):
        return identifier
    return base + _NOT_LOCAL.sub(lambda found: quote(found[0]), identifier)
