"""The knowledge graph: entities and relations by number, triples in compressed rows both ways, their names.

Enters: arrays (from `kgpt.kg.build` or memory-mapped from a folder by `kgpt.kg.store`). Leaves: look-ups. Entities
and relations are numbered by the order of their ids, so a graph is the same whatever order its triples came in.

Shapes: T triples, E entities, R relations.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import UnknownEntityError
from kgpt.kg.heap import TextHeap
from kgpt.records import Literal, LiteralKind, Triple

ALIAS_SEPARATOR = "\x1f"
LITERAL_KINDS: tuple[LiteralKind, ...] = ("date", "quantity", "string")


@dataclass(frozen=True, eq=False, slots=True)
class Names:
    """Ids, labels, aliases and descriptions of all entities, or of all relations; the ids are sorted."""

    ids: TextHeap
    labels: TextHeap
    aliases: TextHeap
    descriptions: TextHeap

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, number: int) -> str:
        """The preferred name, or where there is none the last part of the id."""
        identifier = self.ids[number]
        return self.labels[number] or identifier.replace("#", "/").rstrip("/").rsplit("/", 1)[-1] or identifier

    def surfaces(self, number: int) -> tuple[str, ...]:
        """The label and the aliases, without repeats."""
        return tuple(dict.fromkeys((self.label(number), *self.other_names(number))))

    def other_names(self, number: int) -> tuple[str, ...]:
        """The aliases alone."""
        return tuple(name for name in self.aliases[number].split(ALIAS_SEPARATOR) if name)


@dataclass(frozen=True, eq=False, slots=True)
class LiteralTable:
    """Facts whose value is no entity, sorted by head."""

    heads: NDArray[np.int32]
    relations: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    values: TextHeap
    units: TextHeap

    def __len__(self) -> int:
        return len(self.heads)


@dataclass(frozen=True, eq=False)
class KnowledgeGraph:
    """A graph to look things up in.

    Args:
        entities: the names of the entities [E].
        relations: the names of the relations [R].
        triples: head, relation, tail by number, int32 [T, 3], sorted by head, tail, relation, without repeats.
        literals: facts with dates, quantities, strings.
    """

    entities: Names
    relations: Names
    triples: NDArray[np.int32]
    literals: LiteralTable

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
        return np.argsort(self.triples[:, 2], kind="stable")

    @cached_property
    def tail_indptr(self) -> NDArray[np.int64]:
        """Where each tail's rows begin in `by_tail`, [E + 1]."""
        tails = self.triples[self.by_tail, 2]
        return np.searchsorted(tails, np.arange(self.num_entities + 1)).astype(np.int64)

    @cached_property
    def degrees(self) -> NDArray[np.int64]:
        """Triples that each entity is an end of, [E]."""
        return np.diff(self.head_indptr) + np.diff(self.tail_indptr)

    @cached_property
    def _pair_keys(self) -> NDArray[np.int64]:
        return self.triples[:, 0].astype(np.int64) * self.num_entities + self.triples[:, 2]

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
        key = head * self.num_entities + tail
        first, last = np.searchsorted(self._pair_keys, [key, key + 1])
        return self.triples[first:last]

    def tails(self, head: int, relation: int) -> NDArray[np.int32]:
        """All tails of one head and relation, sorted."""
        rows = self.outgoing(head)
        return np.asarray(rows[rows[:, 1] == relation, 2])

    def literals_of(self, entity: int) -> list[Literal]:
        """The literal facts of `entity`."""
        first, last = np.searchsorted(self.literals.heads, [entity, entity + 1])
        return [self.literal(row) for row in range(first, last)]

    def literal(self, row: int) -> Literal:
        """One row of the literal table, with ids."""
        table = self.literals
        head, relation = (
            self.entities.ids[int(table.heads[row])],
            self.relations.ids[int(table.relations[row])],
        )
        return Literal(head, relation, table.values[row], LITERAL_KINDS[int(table.kinds[row])], table.units[row])

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
        """The same entities and relations with other triples."""
        return replace(self, triples=sorted_triples(triples))


def sorted_triples(triples: NDArray[np.int32]) -> NDArray[np.int32]:
    """`triples` [T, 3] in the graph's order (head, tail, relation), without repeats."""
    if not len(triples):
        return triples.reshape(0, 3)
    order = np.lexsort((triples[:, 1], triples[:, 2], triples[:, 0]))
    ordered = triples[order]
    fresh = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    return np.ascontiguousarray(ordered[fresh])
