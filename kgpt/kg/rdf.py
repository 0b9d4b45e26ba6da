"""A graph as N-Triples or Turtle, written as it is read: memory holds the statements of 8,192 entities at a time.

Statements stand together by subject, as Wikidata's dumps write them (`kgpt.kg.iri` says how ids become IRIs):

    wd:Q64 rdfs:label "Berlin"@en, "Berlin"@de ; skos:altLabel ... ; schema:description ... .
    wd:Q64 wdt:P36 wd:Q183 .                                      a triple
    wd:Q64 wdt:P2048 "12.5"^^wd:Q11573 .                          a quantity, its unit the datatype
    wd:Q64 wdt:P571 "123X"^^edtf:EDTF .                           a date vaguer than a year
    wds:Q64-r7 a wikibase:BestRank ; ps:P36 wd:Q183 ; pq:P580 "1990"^^xsd:gYear .       a triple's qualifiers
    <https://en.wikipedia.org/wiki/Berlin> schema:about wd:Q64 .  a title
    <https://www.wikidata.org/wiki/Special:EntityData/Q64> wikibase:sitelinks 250 .

What these forms cannot say is left out and counted: qualifiers, titles and sitelinks of ids that are not letters and
digits; languages that are no language tags; a source's names for the types of dates, quantities and strings in a
language; entities of which nothing is said.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyoxigraph
from numpy.typing import NDArray

from kgpt.atomic import atomic_file
from kgpt.kg.graph import ALIAS_SEPARATOR, KnowledgeGraph, Names
from kgpt.kg.iri import PREFIXES, datatype_iri, entity_iri, is_plain, relation_iri, unit_iri
from kgpt.kg.values import ValueTable, ValueType

_CHUNK_ENTITIES = 1 << 13
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_LABEL, _ALIAS, _DESCRIPTION = (
    PREFIXES["rdfs"] + "label",
    PREFIXES["skos"] + "altLabel",
    PREFIXES["schema"] + "description",
)
_XSD = PREFIXES["xsd"]
_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
_TYPE = PREFIXES["rdf"] + "type"
_DATES = (
    (re.compile(r"-?\d{4}", re.ASCII), _XSD + "gYear"),
    (re.compile(r"-?\d{4}-\d\d", re.ASCII), _XSD + "gYearMonth"),
    (re.compile(r"-?\d{4}-\d\d-\d\d", re.ASCII), _XSD + "date"),
)
_WIKI = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)


def export_rdf(graph: KnowledgeGraph, path: Path, *, form: str) -> Counter[str]:
    """Write `graph` to `path`, whole or not at all.

    Args:
        graph: what to write.
        path: the file.
        form: `nt` (N-Triples) or `ttl` (Turtle).

    Returns:
        what was left out, by reason.
    """
    lost: Counter[str] = Counter()
    chunks = statement_chunks(graph, lost)
    with atomic_file(path) as file:
        if form == "nt":
            for chunk in chunks:
                file.write(chunk)
        else:
            statements = (statement for chunk in chunks for statement in _parsed(chunk))
            pyoxigraph.serialize(statements, file, format=pyoxigraph.RdfFormat.TURTLE, prefixes=PREFIXES)
    return lost


def statement_chunks(graph: KnowledgeGraph, lost: Counter[str], *, with_units: bool = True) -> Iterator[bytes]:
    """The graph's statements as N-Triples, in chunks of whole lines.

    Args:
        graph: what to write.
        lost: counts what is left out, by reason.
        with_units: say the unit of a quantity by its datatype; else it is a plain number that can be compared.
    """
    writer = _Writer(graph, lost, with_units)
    yield "".join(writer.relation_lines()).encode()
    for first in range(0, graph.num_entities, _CHUNK_ENTITIES):
        yield "".join(writer.entity_lines(first, min(first + _CHUNK_ENTITIES, graph.num_entities))).encode()


def _parsed(chunk: bytes) -> Iterator[Any]:
    found: Iterator[Any] = pyoxigraph.parse(chunk, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
    return (quad.triple for quad in found)


class _Writer:
    """Writes the lines of a graph, one chunk of entities after the other."""

    def __init__(self, graph: KnowledgeGraph, lost: Counter[str], with_units: bool) -> None:
        self._graph, self._lost = graph, lost
        self._relations = [f"<{relation_iri(identifier)}>" for identifier in graph.relations.ids]
        self._literal_terms = _terms(graph.literals, with_units, lost)
        self._qualifier_terms = _terms(graph.qualifiers, with_units, lost)
        self._languages = _languages(graph, lost)
        self._mentioned = _mentioned(graph)

    def relation_lines(self) -> Iterator[str]:
        """The names of the relations."""
        about: list[list[str]] = [[] for _ in self._relations]
        if (language := self._graph.language) in self._languages:
            _add_names(about, self._relations, self._graph.relations, language)
        return (line for lines in about for line in lines)

    def entity_lines(self, first: int, last: int) -> Iterator[str]:
        """What is said of the entities `[first, last)`, one after the other."""
        ids = list(self._graph.entities.ids.take(np.arange(first, last)))
        nodes = [f"<{entity_iri(identifier)}>" for identifier in ids]
        about: list[list[str]] = [[] for _ in nodes]
        for language, names in self._languages.items():
            part = names.take(np.arange(first, last))
            _add_names(about, nodes, part, language)
            self._add_titles(about, nodes, part, language)
        self._add_triples(about, nodes, first, last)
        self._add_literals(about, nodes, first, last)
        self._add_sitelinks(about, ids, first)
        self._add_qualifiers(about, ids, first, last)
        for number, lines in enumerate(about, start=first):
            self._lost["entity_without_statements"] += not lines and not self._mentioned[number]
        return (line for lines in about for line in lines)

    def _add_triples(self, about: list[list[str]], nodes: list[str], first: int, last: int) -> None:
        rows = self._graph.triples[self._graph.head_indptr[first] : self._graph.head_indptr[last]]
        tails, places = np.unique(rows[:, 2], return_inverse=True)
        iris = [f"<{entity_iri(identifier)}>" for identifier in self._graph.entities.ids.take(tails)]
        for head, relation, tail in zip(
            (rows[:, 0] - first).tolist(), rows[:, 1].tolist(), places.reshape(-1).tolist(), strict=True
        ):
            about[head].append(f"{nodes[head]} {self._relations[relation]} {iris[tail]} .\n")

    def _add_literals(self, about: list[list[str]], nodes: list[str], first: int, last: int) -> None:
        table = self._graph.literals
        for owner, relation, kind, value in _rows(table, first, last):
            term = self._literal_terms[kind](value)
            about[owner - first].append(f"{nodes[owner - first]} {self._relations[relation]} {term} .\n")

    def _add_qualifiers(self, about: list[list[str]], ids: list[str], first: int, last: int) -> None:
        indptr, now = self._graph.head_indptr, -1
        node = None
        for row, relation, kind, value in _rows(self._graph.qualifiers, int(indptr[first]), int(indptr[last])):
            head, stated, tail = self._graph.triples[row].tolist()
            lines = about[head - first]
            if row != now:
                now, node = row, self._statement(row, ids[head - first], stated, tail, lines)
            name = self._graph.relations.ids[relation]
            if node is None or not is_plain(name):
                self._lost["qualifier"] += 1
                continue
            lines.append(f"{node} <{PREFIXES['pq']}{name}> {self._qualifier_terms[kind](value)} .\n")

    def _statement(self, row: int, head: str, relation: int, tail: int, lines: list[str]) -> str | None:
        """The node of a triple, its own lines written; None where Wikidata's form has no place for the triple."""
        name, other = self._graph.relations.ids[relation], entity_iri(self._graph.entities.ids[tail])
        if not is_plain(head) or head != head.upper() or not is_plain(name) or not other.startswith(PREFIXES["wd"]):
            return None
        node = f"<{PREFIXES['wds']}{head}-r{row}>"
        lines.append(f"<{PREFIXES['wd']}{head}> <{PREFIXES['p']}{name}> {node} .\n")
        lines.append(f"{node} <{_TYPE}> <{PREFIXES['wikibase']}BestRank> .\n")
        lines.append(f"{node} <{PREFIXES['ps']}{name}> <{other}> .\n")
        return node

    def _add_titles(self, about: list[list[str]], nodes: list[str], names: Names, language: str) -> None:
        for lines, node, title in zip(about, nodes, names.titles, strict=True):
            if not title:
                continue
            if not _WIKI.fullmatch(language) or not node.startswith(f"<{PREFIXES['wd']}"):
                self._lost["title"] += 1
                continue
            page = f"https://{language}.wikipedia.org/wiki/{quote(title.replace(' ', '_'), safe='(),:!')}"
            lines.append(f"<{page}> <{PREFIXES['schema']}about> {node} .\n")

    def _add_sitelinks(self, about: list[list[str]], ids: list[str], first: int) -> None:
        for place, count in enumerate(self._graph.num_sitelinks[first : first + len(ids)].tolist()):
            if count and is_plain(ids[place]):
                page = f"https://www.wikidata.org/wiki/Special:EntityData/{ids[place]}"
                about[place].append(f'<{page}> <{PREFIXES["wikibase"]}sitelinks> "{count}"^^<{_XSD}integer> .\n')
            self._lost["num_sitelinks"] += bool(count) and not is_plain(ids[place])


def _rows(table: ValueTable, first: int, last: int) -> Iterator[tuple[int, int, int, str]]:
    """Owner, relation, type and value of the rows whose owners are in `[first, last)`."""
    begin, end = np.searchsorted(table.owners, [first, last])
    columns = (column[begin:end].tolist() for column in (table.owners, table.relations, table.types))
    return zip(*columns, table.values.take(np.arange(begin, end)), strict=True)


def _add_names(about: list[list[str]], nodes: list[str], names: Names, language: str) -> None:
    for predicate, heap in ((_LABEL, names.labels), (_ALIAS, names.aliases), (_DESCRIPTION, names.descriptions)):
        for lines, node, text in zip(about, nodes, heap, strict=True):
            for name in text.split(ALIAS_SEPARATOR) if text else ():
                lines.append(f'{node} <{predicate}> "{name.translate(_ESCAPES)}"@{language} .\n')


def _languages(graph: KnowledgeGraph, lost: Counter[str]) -> Mapping[str, Names]:
    """The names by language, where the language is one that RDF can say."""
    found = {graph.language: graph.entities, **graph.translations}
    for language in [one for one in found if not _is_tag(one)]:
        lost["names_of_language"] += int((np.diff(found.pop(language).labels.offsets) > 0).sum())
    return found


def _is_tag(language: str) -> bool:
    try:
        pyoxigraph.Literal("", language=language)
    except ValueError:
        return False
    return True


def _mentioned(graph: KnowledgeGraph) -> NDArray[np.bool_]:
    """Which entities a triple or a qualifier names, [E]."""
    found = np.array(graph.degrees > 0)
    kinds = [ValueType.parse(text).kind == "entity" for text in graph.qualifiers.type_names]
    rows = np.flatnonzero(np.array(kinds, bool)[graph.qualifiers.types])
    numbers = graph.entities.ids.find_all(graph.qualifiers.values.take(rows))
    found[numbers[numbers >= 0]] = True
    return found


_Term = Callable[[str], str]


def _terms(table: ValueTable, with_units: bool, lost: Counter[str]) -> list[_Term]:
    """For each type of the table, how its values are written."""
    counts = np.bincount(table.types, minlength=len(table.type_names))
    out = []
    for text, count in zip(table.type_names, counts.tolist(), strict=True):
        kind = ValueType.parse(text)
        lost["datatype"] += count * bool(kind.datatype and (kind.kind != "string" or kind.language))
        lost["literal_language"] += count * bool(kind.language and not _is_tag(kind.language))
        out.append(_term(kind, with_units))
    return out


def _term(kind: ValueType, with_units: bool) -> _Term:
    if kind.kind == "entity":
        return lambda value: f"<{entity_iri(value)}>"
    if kind.kind == "date":
        return lambda value: _typed(value, _date_type(value))
    if kind.kind == "quantity":
        unit = unit_iri(kind.unit) if kind.unit and with_units else ""
        return lambda value: _typed(value, unit or _number_type(value))
    if kind.language and _is_tag(kind.language):
        return lambda value: f'"{value.translate(_ESCAPES)}"@{kind.language}'
    return partial(_typed, datatype=datatype_iri(kind.datatype) if kind.datatype else "")


def _typed(value: str, datatype: str) -> str:
    return f'"{value.translate(_ESCAPES)}"' + (f"^^<{datatype}>" if datatype else "")


def _date_type(value: str) -> str:
    return next((datatype for form, datatype in _DATES if form.fullmatch(value)), _EDTF)


def _number_type(value: str) -> str:
    """The datatype under which Turtle writes the number as it stands."""
    if re.fullmatch(r"[+-]?\d+", value):
        return _XSD + "integer"
    return _XSD + ("decimal" if re.fullmatch(r"[+-]?\d*\.\d+", value) else "double")
