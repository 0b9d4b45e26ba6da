"""From a stream of graph records to a `KnowledgeGraph`, counting what is left out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

import numpy as np

from kgpt.errors import DataError
from kgpt.kg.graph import ALIAS_SEPARATOR, LITERAL_KINDS, KnowledgeGraph, LiteralTable, Names, sorted_triples
from kgpt.kg.heap import TextHeap
from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, RelationRecord, Triple

Record = TypeVar("Record", EntityRecord, RelationRecord)


@dataclass
class GraphBuilder:
    """Collects records, then builds; several records about one id are merged, the first label wins."""

    triples: list[Triple] = field(default_factory=list)
    literals: list[Literal] = field(default_factory=list)
    entities: dict[str, EntityRecord] = field(default_factory=dict)
    relations: dict[str, RelationRecord] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    num_read: int = 0

    def add(self, item: GraphItem | Dropped) -> None:
        """Take one record in."""
        self.num_read += 1
        match item:
            case Triple():
                self.triples.append(item)
            case Literal():
                self.literals.append(item)
            case EntityRecord():
                self.entities[item.id] = _merged(self.entities.get(item.id, item), item)
            case RelationRecord():
                self.relations[item.id] = _merged(self.relations.get(item.id, item), item)
            case Dropped():
                self.skipped[item.reason] += 1

    def build(self) -> KnowledgeGraph:
        """The graph of all that was added.

        Entities named but in no triple are kept (text may mention them); relations in no triple are left out.

        Raises:
            DataError: there was no triple at all.
        """
        if not self.triples:
            raise DataError("the sources hold no triple; a graph needs at least one")
        used = {triple.relation for triple in self.triples} | {literal.relation for literal in self.literals}
        ends = {end for triple in self.triples for end in (triple.head, triple.tail)}
        ends |= {literal.head for literal in self.literals}
        self._name_relations(used, ends)
        entity_ids = sorted(ends | self.entities.keys())
        relation_ids = sorted(used)
        self.skipped.update({"relation_unused": len(self.relations.keys() - used)})
        graph = KnowledgeGraph(
            entities=_names(entity_ids, self.entities),
            relations=_names(relation_ids, self.relations),
            triples=self._triple_array(entity_ids, relation_ids),
            literals=self._literal_table(entity_ids, relation_ids),
        )
        self.skipped.update({"repeated_triple": len(self.triples) - graph.num_triples})
        self.skipped = +self.skipped
        return graph

    def _name_relations(self, used: set[str], ends: set[str]) -> None:
        """RDF names relations as it names entities: give those names to the relations, too."""
        for identifier in used & self.entities.keys():
            record = self.entities[identifier] if identifier in ends else self.entities.pop(identifier)
            named = RelationRecord(record.id, record.label, record.aliases, record.description)
            self.relations[identifier] = _merged(self.relations.get(identifier, named), named)

    def _triple_array(self, entity_ids: list[str], relation_ids: list[str]) -> "np.typing.NDArray[np.int32]":
        entity = {identifier: number for number, identifier in enumerate(entity_ids)}
        relation = {identifier: number for number, identifier in enumerate(relation_ids)}
        rows = ((entity[t.head], relation[t.relation], entity[t.tail]) for t in self.triples)
        flat = np.fromiter((number for row in rows for number in row), np.int32, 3 * len(self.triples))
        return sorted_triples(flat.reshape(-1, 3))

    def _literal_table(self, entity_ids: list[str], relation_ids: list[str]) -> LiteralTable:
        entity = {identifier: number for number, identifier in enumerate(entity_ids)}
        relation = {identifier: number for number, identifier in enumerate(relation_ids)}
        order = attrgetter("head", "relation", "value", "kind", "unit")  # ids are numbered in their own order
        unique = sorted(set(self.literals), key=order)
        self.skipped.update({"repeated_literal": len(self.literals) - len(unique)})
        return LiteralTable(
            heads=np.array([entity[one.head] for one in unique], np.int32),
            relations=np.array([relation[one.relation] for one in unique], np.int32),
            kinds=np.array([LITERAL_KINDS.index(one.kind) for one in unique], np.uint8),
            values=TextHeap.of(one.value for one in unique),
            units=TextHeap.of(one.unit for one in unique),
        )


def build_graph(items: Iterable[GraphItem | Dropped]) -> tuple[KnowledgeGraph, GraphBuilder]:
    """The graph of `items`, and the builder with its counts."""
    builder = GraphBuilder()
    for item in items:
        builder.add(item)
    return builder.build(), builder


def _merged(known: Record, more: Record) -> Record:
    return type(more)(
        known.id,
        known.label or more.label,
        tuple(dict.fromkeys((*known.aliases, *more.aliases))),
        known.description or more.description,
    )


def _names(ids: list[str], records: "dict[str, EntityRecord] | dict[str, RelationRecord]") -> Names:
    blank = EntityRecord("")
    found = [records.get(identifier, blank) for identifier in ids]
    return Names(
        ids=TextHeap.of(ids),
        labels=TextHeap.of(record.label for record in found),
        aliases=TextHeap.of(ALIAS_SEPARATOR.join(record.aliases) for record in found),
        descriptions=TextHeap.of(record.description for record in found),
    )
