"""KGTK's edge files (Ilievski et al., 2020): tab-separated, with a header that names `node1`, `label` and `node2`.

Edges whose label is `label`, `alias` or `description` name their node; an edge whose `node1` is another edge's `id`
qualifies it. Qualifiers must follow their edge within a million edges, as in files sorted by node; later ones are
left out and counted, as are qualifiers of literals, malformed values and, where there is a column `rank`,
deprecated edges. A column `node2;wikidatatype` is kept as the literals' type; others are passed over.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import read_lines
from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, Qualifier, RelationRecord, Triple
from kgpt.sources.kgtk_value import Value, parse_value
from kgpt.sources.language import record_language

_COLUMNS = {
    "node1": ("node1", "from", "subject"),
    "label": ("label", "predicate", "relation", "relationship"),
    "node2": ("node2", "to", "object"),
}
"""What the three needed columns may be called."""
_OPTIONAL = {"id": "id", "rank": "rank", "datatype": "node2;wikidatatype"}
_NAMES = {"label", "alias", "description"}
_RELATION = re.compile(r"P\d+", re.ASCII)
_EDGE_ID = re.compile(r"[QP]\d+-P\d+-.+", re.ASCII)
_MAX_EDGES = 500_000


@dataclass(frozen=True, slots=True)
class KgtkFile:
    """A KGTK edge file.

    Args:
        path: the file.
        languages: of the names; the first is the graph's main one.
    """

    path: Path
    languages: tuple[str, ...] = ("en",)

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Its edges as records.

        Raises:
            DataError: no header, or a line without the columns that it names.
        """
        lines = read_lines(self.path)
        number, header = next(lines, (0, ""))
        if not header:
            return
        places = _places(header, f"{self.path}:{number}")
        edges, num_columns = _RecentEdges(), max(places.values()) + 1
        for number, line in lines:
            cells = line.split("\t")
            if len(cells) < num_columns:
                raise DataError(
                    f"{self.path}:{number}: expected {num_columns} columns, as the header names them, found "
                    f"{len(cells)}: {line[:80]!r}"
                )
            yield self._record(_Edge(**{name: cells[place] for name, place in places.items()}), edges)

    def _record(self, edge: "_Edge", edges: "_RecentEdges") -> GraphItem | Dropped:
        if not edge.node1 or not edge.label:
            return Dropped(edge.id or edge.node1, "no_value")
        if edge.rank == "deprecated":
            return Dropped(edge.node1, "deprecated")
        value = parse_value(edge.node2)
        if isinstance(value, str):
            return Dropped(edge.node1, value)
        return self._named(edge, value) if edge.label in _NAMES else _stated(edge, value, edges)

    def _named(self, edge: "_Edge", value: Value) -> GraphItem | Dropped:
        language = record_language(value.language, self.languages)
        if language is None:
            return Dropped(edge.node1, "other_language")
        record = RelationRecord if _RELATION.fullmatch(edge.node1) else EntityRecord
        if edge.label == "alias":
            return record(edge.node1, aliases=(value.text,), language=language)
        if edge.label == "label":
            return record(edge.node1, label=value.text, language=language)
        return record(edge.node1, description=value.text, language=language)


@dataclass(frozen=True, slots=True)
class _Edge:
    node1: str
    label: str
    node2: str
    id: str = ""
    rank: str = ""
    datatype: str = ""


@dataclass(slots=True)
class _RecentEdges:
    """The triples of the last half to one million edges by their ids; None for an edge to a literal."""

    young: dict[str, Triple | None] = field(default_factory=dict)
    old: dict[str, Triple | None] = field(default_factory=dict)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self.young or identifier in self.old

    def add(self, identifier: str, triple: Triple | None) -> None:
        if len(self.young) >= _MAX_EDGES:
            self.young, self.old = {}, self.young
        if identifier:
            self.young[identifier] = triple

    def find(self, identifier: str) -> Triple | None:
        """The triple of an edge that is known."""
        return self.young.get(identifier) or self.old.get(identifier)


def is_edge_header(line: str) -> bool:
    """Whether a file that begins with `line` is one of KGTK's."""
    columns = line.rstrip("\r\n").split("\t")
    return "node1" in columns and "node2" in columns


def _places(header: str, place: str) -> dict[str, int]:
    """The place of every column that is read."""
    columns = header.split("\t")
    places = {}
    for name, spellings in _COLUMNS.items():
        spelling = next((one for one in spellings if one in columns), None)
        if spelling is None:
            raise DataError(f"{place}: expected a header with the column {name!r}, found {header[:80]!r}")
        places[name] = columns.index(spelling)
    return places | {name: columns.index(column) for name, column in _OPTIONAL.items() if column in columns}


def _stated(edge: _Edge, value: Value, edges: _RecentEdges) -> GraphItem | Dropped:
    known = edge.node1 in edges
    if known or _EDGE_ID.fullmatch(edge.node1):
        return _qualifier(edge, value, known, edges.find(edge.node1))
    if value.kind == "entity":
        triple = Triple(edge.node1, edge.label, value.text)
        edges.add(edge.id, triple)
        return triple
    edges.add(edge.id, None)
    return Literal(edge.node1, edge.label, value.text, value.kind, value.unit, edge.datatype, value.language)


def _qualifier(edge: _Edge, value: Value, known: bool, triple: Triple | None) -> Qualifier | Dropped:
    if triple is None:
        return Dropped(edge.node1, "qualifier_of_literal" if known else "qualifier_of_unknown_edge")
    return Qualifier(triple, edge.label, value.text, value.kind, value.unit)
