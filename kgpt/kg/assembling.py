"""The end of a build: what waits in a builder's logs becomes a graph.

Ids are sorted, rows renumbered and sorted, names and values put in the order of their owners.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kgpt.errors import DataError
from kgpt.kg.graph import KnowledgeGraph, Names
from kgpt.kg.heap import TextHeap, gathered, sorted_order
from kgpt.kg.interning import Interner
from kgpt.kg.log import RowLog
from kgpt.kg.naming import NameLog
from kgpt.kg.sorting import rows_by_tail, sorted_buckets
from kgpt.kg.values import ValueLog, ValueTable

Allocate = Callable[[str, tuple[int, ...], DTypeLike], NDArray[Any]]
"""A function from a store's array by name, shape and type to the room for it: in memory or a mapped file."""

_CHUNK_ROWS = 1 << 22
_MAX_REDIRECTS = 64


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Logs:
    """What a builder has seen, by the numbers that ids got as they appeared.

    Args:
        languages: whose names are kept, the main one first.
        entities: ids of entities (and of relations that are named like them).
        relations: ids of relations.
        rows: head, relation, tail of every triple.
        names: of entities.
        relation_names: of relations.
        literals: owned by (entity,).
        qualifiers: owned by (head, relation, tail).
        popularity: entity and its number of sitelinks.
        redirects: entity and the one it now is.
        recorded_relations: relations that have a record.
        skipped: what was left out, by reason.
        max_rows: rows of triples that are sorted in memory at once.
        folder: where temporary files lie.
    """

    languages: Sequence[str]
    entities: Interner
    relations: Interner
    rows: RowLog
    names: NameLog
    relation_names: NameLog
    literals: ValueLog
    qualifiers: ValueLog
    popularity: RowLog
    redirects: list[tuple[int, int]] = field(default_factory=list)
    recorded_relations: set[int] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)
    max_rows: int
    folder: Path | None


class Assembly:
    """The end of a build: what waits in a builder's logs becomes a graph."""

    def __init__(self, logs: Logs, allocate: Allocate) -> None:
        self.logs, self.allocate = logs, allocate
        self.rows: NDArray[np.int32] = logs.rows.rows()
        self.target = self._redirected()
        self.moved = self.target != np.arange(len(self.target))
        self.relations, self.relation_ids = self._numbered_relations()
        self._name_relations()
        self.entities, self.entity_ids = self._numbered_entities()

    def graph(self) -> KnowledgeGraph:
        """The whole graph."""
        triples, head_indptr = self._sorted_triples()
        by_language = self.logs.names.assemble(
            self.entity_ids, self.entities, self.moved, what="entity", allocate=self._bytes
        )
        main, *others = by_language
        literals, qualifiers = self._literals(), self._qualifiers(triples, head_indptr)
        for reason in [reason for reason, count in self.logs.skipped.items() if not count]:
            del self.logs.skipped[reason]
        graph = KnowledgeGraph(
            entities=by_language[main],
            relations=self._relation_names(),
            triples=triples,
            literals=literals,
            qualifiers=qualifiers,
            num_sitelinks=self._popularity(),
            language=main,
            translations={language: by_language[language] for language in others},
        )
        graph.__dict__["head_indptr"] = head_indptr
        self._index_tails(graph)
        return graph

    def _bytes(self, name: str, num_bytes: int) -> NDArray[np.uint8]:
        return self.allocate(f"{name}_content", (num_bytes,), np.uint8)

    def _redirected(self) -> NDArray[np.int64]:
        """For every entity the one that it stands for: itself, or where its redirects end."""
        step = np.arange(len(self.logs.entities))
        for source, to in self.logs.redirects:
            step[source] = to
        target = step
        for _ in range(_MAX_REDIRECTS):
            if (step[target] == target).all():
                return target
            target = step[target]
        lost = self.logs.entities.heap()[int(np.flatnonzero(step[target] != target)[0])]
        raise DataError(f"redirects of {lost!r} go round in a circle; mend the source")

    @cached_property
    def renamed(self) -> dict[str, str]:
        """The ids that redirects replace, with those that they lead to."""
        found = self.logs.entities.heap()
        return {found[place]: found[int(self.target[place])] for place in np.flatnonzero(self.moved).tolist()}

    def _numbered_relations(self) -> tuple[NDArray[np.int64], TextHeap]:
        """Final numbers of the relations that are used, -1 of the others, and their sorted ids."""
        used = np.zeros(len(self.logs.relations), bool)
        for start in range(0, len(self.rows), 1 << 22):
            used[np.unique(self.rows[start : start + (1 << 22), 1])] = True
        used[self.logs.literals.read()[0][:, 1]] = True
        qualifiers = self.logs.qualifiers.read()[0]
        used[qualifiers[:, 1]] = used[qualifiers[:, 3]] = True
        self.logs.skipped["relation_unused"] += sum(not used[number] for number in self.logs.recorded_relations)
        return _numbered(self.logs.relations.heap(), used)

    def _numbered_entities(self) -> tuple[NDArray[np.int64], TextHeap]:
        final, ids = _numbered(self.logs.entities.heap(), ~self.moved & ~self.only_relations)
        return np.where(self.only_relations, -1, final[self.target]), ids

    def _name_relations(self) -> None:
        """Relations that are entities, too, have their names on both sides.

        RDF names all of them as entities; a dump of Wikidata names properties as relations alone.
        """
        found = self.logs.entities.heap()
        self.only_relations = np.zeros(len(found), bool)
        names, relation_names = self.logs.names, self.logs.relation_names
        if not len(names) and not len(relation_names):
            return
        both = _places(found, {name: number for number, name in enumerate(self.logs.relations.heap())})
        if not both:
            return
        ends = self._ends()
        used = {place: number for place, number in both.items() if self.relations[number] >= 0}
        self.only_relations[[place for place in used if not ends[place]]] = True
        told = _names_of(names, used)
        asked = _names_of(relation_names, {number: place for place, number in both.items() if ends[place]})
        for log, rows in ((relation_names, told), (names, asked)):
            for number, code, text in rows:
                log.add_coded(number, code, text)

    def _ends(self) -> NDArray[np.bool_]:
        ends = np.zeros(len(self.target), bool)
        for start in range(0, len(self.rows), 1 << 22):
            chunk = self.rows[start : start + (1 << 22)]
            ends[chunk[:, 0]] = ends[chunk[:, 2]] = True
        ends[self.logs.literals.read()[0][:, 0]] = True
        return ends

    def _sorted_triples(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        num_entities = len(self.entity_ids)
        room = RowLog(np.int32, width=3, max_bytes=self.logs.max_rows * 12, folder=self.logs.folder)
        counts = np.zeros(num_entities, np.int64)
        buckets = sorted_buckets(
            self.rows,
            self.entities,
            self.relations,
            num_entities=num_entities,
            max_rows=self.logs.max_rows,
            folder=self.logs.folder,
        )
        for bucket in buckets:
            if not len(bucket):
                continue
            room.append(bucket)
            first = int(bucket[0, 0])
            found = np.bincount(bucket[:, 0] - first)
            counts[first : first + len(found)] += found
        self.logs.skipped["repeated_triple"] += len(self.rows) - room.num_rows
        triples = self.allocate("triples", (room.num_rows, 3), np.int32)
        triples[:] = room.rows()
        head_indptr = self.allocate("head_indptr", (num_entities + 1,), np.int64)
        head_indptr[0] = 0
        np.cumsum(counts, out=head_indptr[1:])
        return triples, head_indptr

    def _index_tails(self, graph: KnowledgeGraph) -> None:
        indptr = self.allocate("tail_indptr", (graph.num_entities + 1,), np.int64)
        indptr[:] = graph.tail_indptr
        by_tail = self.allocate("by_tail", (graph.num_triples,), np.int64)
        steps = np.arange(0, graph.num_triples + self.logs.max_rows, self.logs.max_rows)
        edges = np.minimum(np.searchsorted(indptr, steps), graph.num_entities)
        for first, last in pairwise(edges):
            rows_by_tail(graph.triples, indptr, first, last, by_tail[indptr[first] : indptr[last]])
        graph.__dict__.update(tail_indptr=indptr, by_tail=by_tail)

    def _relation_names(self) -> Names:
        unmoved = np.zeros(len(self.relations), bool)
        named = self.logs.relation_names.assemble(
            self.relation_ids,
            self.relations,
            unmoved,
            what="relation",
            allocate=lambda _, size: np.empty(size, np.uint8),
        )
        return named[self.logs.languages[0]]

    def _literals(self) -> ValueTable:
        rows = self.logs.literals.read()[0]
        table = self.logs.literals.assemble(
            self.entities[rows[:, 0]],
            self.relations[rows[:, 1]],
            allocate=lambda size: self._bytes("literal_values", size),
            renamed=self.renamed,
        )
        self.logs.skipped["repeated_literal"] += len(rows) - len(table)
        return table

    def _qualifiers(self, triples: NDArray[np.int32], head_indptr: NDArray[np.int64]) -> ValueTable:
        rows = self.logs.qualifiers.read()[0]
        heads, relations, tails = self.entities[rows[:, 0]], self.relations[rows[:, 1]], self.entities[rows[:, 2]]
        graph = KnowledgeGraph(Names.of_ids(()), Names.of_ids(()), triples)
        graph.__dict__["head_indptr"] = head_indptr
        first, last = graph.between_all(heads, tails)
        owners = np.full(len(rows), -1, np.int64)
        for i, (start, stop) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            place = start + int(np.searchsorted(triples[start:stop, 1], relations[i]))
            if place < stop and triples[place, 1] == relations[i]:
                owners[i] = place
        self.logs.skipped["qualifier_without_triple"] += int((owners < 0).sum())
        return self.logs.qualifiers.assemble(
            owners,
            self.relations[rows[:, 3]],
            allocate=lambda size: self._bytes("qualifier_values", size),
            renamed=self.renamed,
        )

    def _popularity(self) -> NDArray[np.int32]:
        out = self.allocate("num_sitelinks", (len(self.entity_ids),), np.int32)
        out[:] = 0
        rows = self.logs.popularity.rows()
        np.maximum.at(out, self.entities[rows[:, 0]], rows[:, 1].astype(np.int32))
        return out


def _numbered(heap: TextHeap, kept: NDArray[np.bool_]) -> tuple[NDArray[np.int64], TextHeap]:
    """Final numbers of the strings of `heap` by their sorted order, -1 of those not kept, and the sorted strings."""
    order = sorted_order(heap.content, heap.offsets)
    order = order[kept[order]]
    final = np.full(len(heap), -1, np.int64)
    final[order] = np.arange(len(order))
    return final, heap.take(order)


def _names_of(log: NameLog, numbers: Mapping[int, int]) -> list[tuple[int, int, str]]:
    """What `log` says of the keys of `numbers`, said of what they stand for: number, code and text."""
    rows, content, starts, lengths = log.read()
    chosen = np.flatnonzero(np.isin(rows[:, 0], np.fromiter(numbers, np.int64)))
    texts = gathered(content, starts[chosen], lengths[chosen])
    return [(numbers[one], code, text) for (one, code), text in zip(rows[chosen].tolist(), texts, strict=True)]


def _places(heap: TextHeap, wanted: dict[str, int]) -> dict[int, int]:
    """For every string of `heap` that is wanted its place, and what `wanted` says of it."""
    order = sorted_order(heap.content, heap.offsets)
    names = list(wanted)
    found = heap.take(order).find_all(names)
    return {int(order[place]): wanted[name] for place, name in zip(found, names, strict=True) if place >= 0}
