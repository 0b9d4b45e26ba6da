"""What is Wikidata's own in its RDF: sitelinks, popularity, redirects, statements with ranks and qualifiers.

    wd:Q42 wdt:P69 wd:Q691283                      a simple statement, by the best rank: a triple
    <https://en.wikipedia.org/wiki/X> schema:about wd:Q42     a sitelink: the title, where the language is asked for
    data:Q42 wikibase:sitelinks 122                how many there are
    wd:Q1 owl:sameAs wd:Q2                         a redirect
    s:Q42-... ps:P69 wd:Q691283; pq:P582 "..."     a statement's node: its qualifiers, if it is of the best rank

All else about those nodes is left out and counted: it says of the dump, not of the world, or says it again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, Qualifier, Triple
from kgpt.sources.language import record_language
from kgpt.sources.wikidata_value import clean

ENTITY = "http://www.wikidata.org/entity/"
DIRECT = "http://www.wikidata.org/prop/direct/"
STATEMENT = ENTITY + "statement/"
UNKNOWN_VALUE = "http://www.wikidata.org/.well-known/genid/"
"""Nodes without a name, as Wikidata's query service gives them."""
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"
_PROPERTY = "http://www.wikidata.org/prop/"
_STATED, _QUALIFIER = _PROPERTY + "statement/", _PROPERTY + "qualifier/"
_NORMALIZED = _PROPERTY + "direct-normalized/"
ONTOLOGY = "http://wikiba.se/ontology#"
_BEST = ONTOLOGY + "BestRank"
_FILE = "http://commons.wikimedia.org/wiki/Special:FilePath/"
_ABOUT = "http://schema.org/about"
_METADATA = {"http://schema.org/" + name for name in ("version", "dateModified", "softwareVersion")} | {
    "http://creativecommons.org/ns#license"
}
_DATA = re.compile(r"https?://www\.wikidata\.org/(?:wiki/Special:EntityData/|reference/|value/)(.*)")
_ARTICLE = re.compile(r"https://[a-z][a-z0-9-]*\.wiki[a-z]+\.org/(?:wiki/.*)?", re.DOTALL)
_ARTICLE_TYPE = "http://schema.org/Article"
_OF_ARTICLES = {"http://schema.org/" + name for name in ("about", "inLanguage", "isPartOf", "name")} | {
    ONTOLOGY + name for name in ("badge", "wikiGroup")
}
"""What Wikidata says of articles; whatever else is said of their addresses is somebody's own graph."""
_RELATION_ID = re.compile(r"P\d+", re.ASCII)


def short_id(iri: str) -> str:
    """The id that stands for an IRI: Wikidata's own are cut to `Q64` and `P36`, what was escaped in them restored.

    >>> short_id("http://www.wikidata.org/prop/direct/P36")
    'P36'
    """
    base = ENTITY if iri.startswith(ENTITY) else DIRECT if iri.startswith(DIRECT) else ""
    local = iri[len(base) :]
    return unquote(local) if base and "%" in local else local


relation_id = lru_cache(maxsize=2**16)(short_id)
"""`short_id` of the few relations of a graph."""


def file_name(iri: str) -> str:
    """The name of a file of Wikimedia Commons; empty for other IRIs.

    >>> file_name("http://commons.wikimedia.org/wiki/Special:FilePath/A%20b.jpg")
    'A b.jpg'
    """
    return unquote(iri.removeprefix(_FILE)) if iri.startswith(_FILE) else ""


def is_relation(iri: str) -> bool:
    """Whether Wikidata means a property by `iri`."""
    return iri.startswith(DIRECT) or (iri.startswith(ENTITY) and _RELATION_ID.fullmatch(iri, len(ENTITY)) is not None)


@lru_cache(maxsize=2**16)
def needless(predicate: str) -> str:
    """Why a statement with this predicate is left out; empty where it stays.

    >>> needless("http://www.wikidata.org/prop/P31"), needless("http://www.wikidata.org/prop/direct/P31")
    ('statement_node', '')
    """
    if predicate.startswith(_NORMALIZED):
        return "normalized_value"
    if predicate.startswith(_PROPERTY) and not predicate.startswith(DIRECT):
        return "statement_node"
    return "metadata" if predicate.startswith(ONTOLOGY) or predicate in _METADATA else ""


def about_page(head: str, predicate: str, tail: str, languages: Sequence[str]) -> GraphItem | Dropped | None:
    """What a statement about a page or a node of the dump's own says; None where it is about something else."""
    if head.startswith(ONTOLOGY):
        return Dropped(head, "metadata")
    found = _DATA.fullmatch(head)
    if found is None:
        is_told = predicate in _OF_ARTICLES or (predicate == RDF_TYPE and tail == _ARTICLE_TYPE)
        return _article(head, predicate, tail, languages) if is_told and _ARTICLE.fullmatch(head) else None
    if predicate == ONTOLOGY + "sitelinks" and tail.isdigit() and tail != "0":
        return EntityRecord(found[1], num_sitelinks=int(tail))
    return Dropped(head, "metadata" if "Special:EntityData" in head else "statement_node")


def _article(head: str, predicate: str, tail: str, languages: Sequence[str]) -> GraphItem | Dropped:
    """The title of an article, where it says which entity it is about; a title stands in its address."""
    language, title = head.removeprefix("https://").split(".", maxsplit=1)[0], head.partition("/wiki/")[2]
    if predicate != _ABOUT or ".wikipedia.org/" not in head or not title or not tail.startswith(ENTITY):
        return Dropped(head, "metadata")
    if language not in languages:
        return Dropped(head, "other_language")
    told = record_language(language, languages) or ""
    return EntityRecord(short_id(tail), language=told, title=clean(unquote(title).replace("_", " ")))


@dataclass(slots=True)
class StatementNode:
    """The node of one statement, as its lines come: they stand together in every dump.

    Args:
        iri: the node.
        literal: makes a literal of a head, a relation and the value of a line.
    """

    iri: str
    literal: Callable[[str, str, Any], GraphItem | Dropped]
    stated: tuple[str, str] | None = None
    is_best: bool = False
    qualifiers: list[tuple[str, Any, bool]] = field(default_factory=list)
    num_others: int = 0

    def add(self, predicate: str, tail: Any, is_named: bool) -> None:
        """Take in a line; `is_named` where the value is an IRI."""
        relation = predicate.rsplit("/", maxsplit=1)[-1]
        if predicate == RDF_TYPE and is_named and tail.value == _BEST:
            self.is_best = True
        elif predicate == _STATED + relation and is_named and tail.value.startswith(ENTITY):
            self.stated = (relation, short_id(tail.value))
        elif predicate == _QUALIFIER + relation:
            self.qualifiers.append((relation, tail, is_named))
            return
        self.num_others += 1

    def records(self) -> Iterator[GraphItem | Dropped]:
        """Its qualifiers, where it is of the best rank and between entities; all else counted."""
        yield from [Dropped(self.iri, "statement_node")] * self.num_others
        if self.stated is None or not self.is_best:
            reason = "qualifier_of_literal" if self.is_best else "not_best_rank"
            yield from [Dropped(self.iri, reason)] * len(self.qualifiers)
            return
        head = self.iri.removeprefix(STATEMENT).split("-", maxsplit=1)[0].upper()
        triple = Triple(head, *self.stated)
        for relation, tail, is_named in self.qualifiers:
            yield self._qualifier(triple, relation, tail, is_named)

    def _qualifier(self, triple: Triple, relation: str, tail: Any, is_named: bool) -> Qualifier | Dropped:
        if is_named:
            return Qualifier(triple, relation, short_id(tail.value))
        value = self.literal(triple.head, relation, tail) if hasattr(tail, "datatype") else None
        if isinstance(value, Literal):
            return Qualifier(triple, relation, value.value, value.kind, value.unit)
        return Dropped(self.iri, "qualifier_blank_node" if value is None else "qualifier_malformed")
