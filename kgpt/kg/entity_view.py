"""One entity as a person looks at it: its names, its literals, its triples both ways with what they say besides."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kgpt.kg.graph import KnowledgeGraph, Names

_PRECISIONS = (
    (re.compile(r"-?\dXXX"), "millennium"),
    (re.compile(r"-?\d\dXX"), "century"),
    (re.compile(r"-?\d{3}X"), "decade"),
    (re.compile(r"(?:-?\d{4}|Y-?\d{5,})"), "year"),
    (re.compile(r"(?:-?\d{4}|Y-?\d{5,})-\d\d"), "month"),
    (re.compile(r"(?:-?\d{4}|Y-?\d{5,})-\d\d-\d\d"), "day"),
)


@dataclass(frozen=True, slots=True)
class NamesView:
    """The names in one language."""

    label: str
    aliases: tuple[str, ...]
    description: str
    title: str


@dataclass(frozen=True, slots=True)
class ValueView:
    """A literal, or what a qualifier says.

    Args:
        relation: id.
        relation_label: the relation for people.
        value: the value; of an entity its id.
        value_label: the value for people.
        kind: `date`, `quantity`, `string` or `entity`.
        unit: id of a quantity's unit.
        unit_label: the unit for people.
        precision: of a date: `day`, `month`, `year`, `decade`, `century`, `millennium`.
        datatype: what the source calls the type.
        language: of a string.
    """

    relation: str
    relation_label: str
    value: str
    value_label: str
    kind: str
    unit: str = ""
    unit_label: str = ""
    precision: str = ""
    datatype: str = ""
    language: str = ""

    def __str__(self) -> str:
        vague = self.precision in ("decade", "century", "millennium")
        said = [self.unit_label, f"@{self.language}" * bool(self.language), f"({self.precision})" * vague]
        return " ".join([f"{self.relation_label} = {self.value_label}", *filter(None, said)])


@dataclass(frozen=True, slots=True)
class TripleView:
    """A triple from the entity's side: the relation and the other end, for people, and the qualifiers."""

    relation: str
    entity: str
    label: str
    qualifiers: tuple[ValueView, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityView:
    """All that is shown of one entity.

    Args:
        id: of the entity.
        names: by language, the main one first; those languages alone that name it.
        num_sitelinks: articles about it.
        num_triples: it is an end of, an entity's own to itself twice.
        outgoing: the first triples whose head it is.
        incoming: the first whose tail it is.
        literals: all of them.
    """

    id: str
    names: Mapping[str, NamesView]
    num_sitelinks: int
    num_triples: int
    outgoing: tuple[TripleView, ...]
    incoming: tuple[TripleView, ...]
    literals: tuple[ValueView, ...]

    @property
    def main(self) -> NamesView:
        """The names in the main language."""
        return next(iter(self.names.values()))

    def json(self) -> dict[str, Any]:
        """The object that `kgpt graph show --json` prints; `qualifiers` stand where there are any."""

        def row(triple: TripleView) -> dict[str, Any]:
            return {key: value for key, value in asdict(triple).items() if key != "qualifiers" or value}

        names = {language: asdict(one) for language, one in self.names.items()}
        main = {key: names[next(iter(names))][key] for key in ("label", "aliases", "description")}
        told = {"id": self.id, **main, "names": names, "num_sitelinks": self.num_sitelinks}
        return told | {
            "num_triples": self.num_triples,
            "outgoing": [row(triple) for triple in self.outgoing],
            "incoming": [row(triple) for triple in self.incoming],
            "literals": [{"head": self.id, **asdict(literal)} for literal in self.literals],
        }


def view_entity(graph: KnowledgeGraph, entity: int, *, max_triples: int = 20) -> EntityView:
    """What there is to see of an entity.

    Args:
        graph: where it is.
        entity: its number.
        max_triples: shown a direction.
    """
    languages = {graph.language: graph.entities, **graph.translations}
    names = {language: _names(one, entity) for language, one in languages.items()}
    first = int(graph.head_indptr[entity])
    outgoing = range(first, min(first + max_triples, int(graph.head_indptr[entity + 1])))
    start = int(graph.tail_indptr[entity])
    incoming = graph.by_tail[start : min(start + max_triples, int(graph.tail_indptr[entity + 1]))].tolist()
    return EntityView(
        id=graph.entities.ids[entity],
        names={graph.language: _main_names(graph, entity)}
        | {language: one for language, one in names.items() if language != graph.language and any(_said(one))},
        num_sitelinks=int(graph.num_sitelinks[entity]) if len(graph.num_sitelinks) else 0,
        num_triples=int(graph.degrees[entity]),
        outgoing=tuple(_triple(graph, row, 2) for row in outgoing),
        incoming=tuple(_triple(graph, row, 0) for row in incoming),
        literals=tuple(_literal(graph, row) for row in graph.literals.rows_of(entity)),
    )


def date_precision(value: str) -> str:
    """How precise a date of `kgpt.records.Literal` is; empty where it is of another form.

    >>> date_precision("195X"), date_precision("1952-03")
    ('decade', 'month')
    """
    return next((precision for form, precision in _PRECISIONS if form.fullmatch(value)), "")


def _names(names: Names, entity: int) -> NamesView:
    return NamesView(names.labels[entity], names.other_names(entity), names.descriptions[entity], names.titles[entity])


def _main_names(graph: KnowledgeGraph, entity: int) -> NamesView:
    label, *aliases = graph.entities.surfaces(entity)
    return NamesView(label, tuple(aliases), graph.entities.descriptions[entity], graph.entities.titles[entity])


def _said(names: NamesView) -> tuple[object, ...]:
    return names.label, names.aliases, names.description, names.title


def _triple(graph: KnowledgeGraph, row: int, end: Literal[0, 2]) -> TripleView:
    _, relation, _ = triple = graph.triples[row].tolist()
    other = triple[end]
    return TripleView(
        graph.relations.label(relation),
        graph.entities.ids[other],
        graph.entities.label(other),
        tuple(_qualifier(graph, place) for place in graph.qualifiers.rows_of(row)),
    )


def _literal(graph: KnowledgeGraph, row: int) -> ValueView:
    told = graph.literal(row)
    view = _value(graph, told.relation, told.value, told.kind, told.unit)
    return ValueView(**asdict(view) | {"datatype": told.datatype, "language": told.language})


def _qualifier(graph: KnowledgeGraph, place: int) -> ValueView:
    told = graph.qualifier(place)
    return _value(graph, told.relation, told.value, told.kind, told.unit)


def _value(graph: KnowledgeGraph, relation: str, value: str, kind: str, unit: str) -> ValueView:
    number = graph.relations.ids.find(relation)
    assert number is not None, "a value of a relation that the graph has not"
    return ValueView(
        relation=relation,
        relation_label=graph.relations.label(number),
        value=value,
        value_label=_label(graph, value) if kind == "entity" else value,
        kind=kind,
        unit=unit,
        unit_label=_label(graph, unit),
        precision=date_precision(value) if kind == "date" else "",
    )


def _label(graph: KnowledgeGraph, identifier: str) -> str:
    number = graph.entities.ids.find(identifier) if identifier else None
    return identifier if number is None else graph.entities.label(number)
