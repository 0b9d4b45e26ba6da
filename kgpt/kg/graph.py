"""The knowledge graph: entities and relations by number, triples in compressed rows both ways, their names.

Enters: arrays (from `kgpt.kg.build` or memory-mapped from a folder by `kgpt.kg.store`). Leaves: look-ups. Entities
and relations are numbered by the order of their ids, so a graph is the same whatever order its triples came in.

Shapes: T triples, E entities, R relations.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import UnknownEntityError
from kgpt.kernel import compiled
from kgpt.kg.heap import TextHeap
from kgpt.kg.relation_ends import RelationEnds
from kgpt.kg.relation_groups import RelationGroups
from kgpt.kg.sorting import rows_by_tail, sort_rows
from kgpt.kg.values import ValueTable
from kgpt.records import Literal, LiteralKind, Qualifier, Triple, ValueKind

ALIAS_SEPARATOR = "\x1f"


@dataclass(frozen=True, eq=False, slots=True)
class Names:
    """Ids, labels, aliases, descriptions and article titles of all entities, or of all relations, in one language.

    The ids are sorted; a label is empty where nobody gave one.
    """

    ids: TextHeap
    labels: TextHeap
    aliases: TextHeap
    descriptions: TextHeap
    titles: TextHeap

    @classmethod
    def of_ids(cls, ids: Iterable[str]) -> "Names":
        """Nothing but ids."""
        heap = TextHeap.of(ids)
        return cls(heap, *(TextHeap.blank(len(heap)) for _ in range(4)))

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, number: int) -> str:
        """The preferred name, or where there is none the last part of the id."""
        identifier = self.ids[number]
        return self.labels[number] or identifier.replace("#", "/").rstrip("/").rsplit("/", 1)[-1] or identifier

    def surfaces(self, number: int) -> tuple[str, ...]:
        """The label and the aliases, without repeats."""
        return tuple(dict.fromkeys((self.label(number), *self.other_names(number))))

    def take(self, numbers: NDArray[np.integer[Any]]) -> "Names":
        """The names at `numbers`, in that order."""
        heaps = (self.ids, self.labels, self.aliases, self.descriptions, self.titles)
        return Names(*(heap.take(numbers) for heap in heaps))

    def other_names(self, number: int) -> tuple[str, ...]:
        """The aliases alone."""
        return tuple(name for name in self.aliases[number].split(ALIAS_SEPARATOR) if name)


@dataclass(frozen=True, eq=False)
class KnowledgeGraph:
    """A graph to look things up in.

    Args:
        entities: the names of the entities [E], in the main language.
        relations: the names of the relations [R], in the main language.
        triples: head, relation, tail by number, int32 [T, 3], sorted by head, tail, relation, without repeats.
        literals: facts with dates, quantities, strings; their owners are entities.
        qualifiers: what statements say besides; their owners are rows of `triples`.
        num_sitelinks: articles about each entity, int32 [E]; zeros where the source does not say.
        language: the main language.
        translations: names of the entities in other languages.
    """

    entities: Names
    relations: Names
    triples: NDArray[np.int32]
    literals: ValueTable = field(default_factory=ValueTable.blank)
    qualifiers: ValueTable = field(default_factory=ValueTable.blank)
    num_sitelinks: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    language: str = "en"
    translations: Mapping[str, Names] = field(default_factory=dict)

    @property
    def num_entities(self) -> int:
        """E."""
        return len(self.entities)

    @property
    def num_relations(self) -> int:
        """R."""
        return len(self.relations)

    @property
    def num_triples(self) -> int:
        """T."""
        return len(self.triples)

    @cached_property
    def head_indptr(self) -> NDArray[np.int64]:
        """Where each head's rows begin in `triples`, [E + 1]."""
        return np.searchsorted(self.triples[:, 0], np.arange(self.num_entities + 1)).astype(np.int64)

    @cached_property
    def by_tail(self) -> NDArray[np.int64]:
        """The rows of `triples` in the order of their tails, [T]."""
        out = np.empty(self.num_triples, np.int64)
        rows_by_tail(self.triples, self.tail_indptr, 0, self.num_entities, out)
        return out

    @cached_property
    def tail_indptr(self) -> NDArray[np.int64]:
        """Where each tail's rows begin in `by_tail`, [E + 1]."""
        counts = np.bincount(self.triples[:, 2], minlength=self.num_entities)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @cached_property
    def degrees(self) -> NDArray[np.int64]:
        """Triples that each entity is an end of, [E]."""
        return np.diff(self.head_indptr) + np.diff(self.tail_indptr)

    @cached_property
    def relation_groups(self) -> RelationGroups:
        """The edges of every entity by relation and direction."""
        return RelationGroups.of(self.triples, num_entities=self.num_entities, num_relations=self.num_relations)

    @cached_property
    def relation_heads(self) -> RelationEnds:
        """The entities that each relation has as heads."""
        return RelationEnds.of(self.triples, 0, num_entities=self.num_entities, num_relations=self.num_relations)

    @cached_property
    def relation_tails(self) -> RelationEnds:
        """The entities that each relation has as tails."""
        return RelationEnds.of(self.triples, 2, num_entities=self.num_entities, num_relations=self.num_relations)

    def entity(self, identifier: str) -> int:
        """The number of an entity.

        Raises:
            UnknownEntityError: the graph has no such id.
        """
        number = self.entities.ids.find(identifier)
        if number is None:
            raise UnknownEntityError(
                f"entity {identifier!r} is not in the graph ({self.num_entities:,} entities, ids like "
                f"{self.entities.ids[0] if self.num_entities else '-'!r})"
            )
        return number

    def outgoing(self, entity: int) -> NDArray[np.int32]:
        """The triples whose head is `entity`, [n, 3]."""
        return self.triples[self.head_indptr[entity] : self.head_indptr[entity + 1]]

    def incoming(self, entity: int) -> NDArray[np.int32]:
        """The triples whose tail is `entity`, [n, 3]."""
        return self.triples[self.by_tail[self.tail_indptr[entity] : self.tail_indptr[entity + 1]]]

    def neighbors(self, entity: int) -> NDArray[np.int32]:
        """The entities that share a triple with `entity`, sorted, without repeats."""
        return np.unique(np.concatenate([self.outgoing(entity)[:, 2], self.incoming(entity)[:, 0]]))

    def between(self, head: int, tail: int) -> NDArray[np.int32]:
        """The triples from `head` to `tail`, [n, 3]."""
        rows = self.outgoing(head)
        first, last = np.searchsorted(rows[:, 2], [tail, tail + 1])
        return rows[first:last]

    def between_all(
        self, heads: NDArray[np.integer[Any]], tails: NDArray[np.integer[Any]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where in `triples` those from each of `heads` [n] to the tail beside it begin and end, [n] each."""
        return _rows_between(self.triples, self.head_indptr, np.asarray(heads, np.int64), np.asarray(tails, np.int64))

    def names_in(self, language: str) -> Names:
        """The names of the entities in a language; those of the main one where the graph has no others."""
        return self.translations.get(language, self.entities)

    def tails(self, head: int, relation: int) -> NDArray[np.int32]:
        """All tails of one head and relation, sorted."""
        rows = self.outgoing(head)
        return np.asarray(rows[rows[:, 1] == relation, 2])

    def literals_of(self, entity: int) -> list[Literal]:
        """The literal facts of `entity`."""
        return [self.literal(row) for row in self.literals.rows_of(entity)]

    def literal(self, row: int) -> Literal:
        """One row of the literal table, with ids."""
        table, told = self.literals, self.literals.type(row)
        head, relation = self.entities.ids[int(table.owners[row])], self.relations.ids[int(table.relations[row])]
        kind = cast(LiteralKind, told.kind)
        return Literal(head, relation, table.values[row], kind, told.unit, told.datatype, told.language)

    def qualifiers_of(self, row: int) -> list[Qualifier]:
        """What the statement in a row of `triples` says besides."""
        return [self.qualifier(place) for place in self.qualifiers.rows_of(row)]

    def qualifier(self, place: int) -> Qualifier:
        """One row of the qualifier table, with ids."""
        table, told = self.qualifiers, self.qualifiers.type(place)
        triple = self.triple(self.triples[int(table.owners[place])])
        relation = self.relations.ids[int(table.relations[place])]
        return Qualifier(triple, relation, table.values[place], cast(ValueKind, told.kind), told.unit)

    def triple(self, row: Sequence[int] | NDArray[np.int32]) -> Triple:
        """A triple of numbers as one of ids."""
        head, relation, tail = map(int, row)
        return Triple(self.entities.ids[head], self.relations.ids[relation], self.entities.ids[tail])

    def numbers(self, triple: Triple) -> tuple[int, int, int] | None:
        """A triple of ids as one of numbers; None where an id is not in the graph."""
        found = (
            self.entities.ids.find(triple.head),
            self.relations.ids.find(triple.relation),
            self.entities.ids.find(triple.tail),
        )
        head, relation, tail = found
        return None if head is None or relation is None or tail is None else (head, relation, tail)

    def with_triples(self, triples: NDArray[np.int32]) -> "KnowledgeGraph":
        """The same entities and relations with other triples; qualifiers, which belong to triples, are left behind."""
        return replace(self, triples=sort_rows(triples), qualifiers=ValueTable.blank())


@compiled
def _rows_between(
    triples: NDArray[np.int32], indptr: NDArray[np.int64], heads: NDArray[np.int64], tails: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first, last = np.empty(len(heads), np.int64), np.empty(len(heads), np.int64)
    for i in range(len(heads)):
        low, high = indptr[heads[i]], indptr[heads[i] + 1]
        stop = high
        while low < high:
            middle = (low + high) // 2
            if triples[middle, 2] < tails[i]:
                low = middle + 1
            else:
                high = middle
        first[i] = low
        while low < stop and triples[low, 2] == tails[i]:
            low += 1
        last[i] = low
    return first, last
