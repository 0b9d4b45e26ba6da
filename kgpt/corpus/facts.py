"""The facts that documents carry: triples of a graph with both ends linked in one document, else linked entities."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import xxhash
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.store import worker_graph_store
from kgpt.records import NIL, Document

Entities = tuple[str, ...]
"""Ids of the entities that a document links, without repeats."""


class Facts(Protocol):
    """What counts as a fact."""

    @property
    def unit(self) -> Literal["triples", "entities"]:
        """What they are called."""

    def of(self, documents: Sequence[Entities]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The facts of each document as numbers, one document behind the other, and how many each has."""


def linked_entities(document: Document) -> Entities:
    """The entities that `document` links, in reading order."""
    return tuple(dict.fromkeys(link.entity for link in document.links if link.entity != NIL))


def entity_hash(identifier: str) -> int:
    """A number for an entity, the same in every process."""
    return xxhash.xxh3_64_intdigest(identifier.encode())


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """An entity that is linked is a fact, by a hash of its id."""

    unit: Literal["triples", "entities"] = "entities"

    def of(self, documents: Sequence[Entities]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """A hash for each entity of each document."""
        lengths = np.fromiter(map(len, documents), np.int64, len(documents))
        told = (entity_hash(one) for entities in documents for one in entities)
        return np.fromiter(told, np.uint64, int(lengths.sum())), lengths


@dataclass(frozen=True, eq=False, slots=True)
class TripleFacts:
    """A triple of the graph is a fact, by its row; both its ends must be linked."""

    graph: KnowledgeGraph
    unit: Literal["triples", "entities"] = "triples"

    def of(self, documents: Sequence[Entities]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The rows of the triples between entities of each document."""
        places: dict[str, int] = {}
        told = [places.setdefault(one, len(places)) for entities in documents for one in entities]
        numbers = self.graph.entities.ids.find_all(places)[np.array(told, np.int64)]
        owners = np.repeat(np.arange(len(documents)), [len(entities) for entities in documents])
        owners, numbers = owners[numbers >= 0], numbers[numbers >= 0]
        order = np.lexsort((numbers, owners))
        ends = np.searchsorted(owners, np.arange(len(documents) + 1))
        return _rows_within(self.graph.triples, self.graph.head_indptr, numbers[order], ends)


def facts_of(graph: KnowledgeGraph | None) -> Facts:
    """What counts as a fact beside `graph`, or without one."""
    return EntityFacts() if graph is None else TripleFacts(graph)


def worker_graph(path: Path | None) -> KnowledgeGraph | None:
    """The graph in `path`, opened once in a process; None where there is none."""
    return None if path is None else worker_graph_store(path)


@compiled
def _rows_within(
    triples: NDArray[np.int32], indptr: NDArray[np.int64], numbers: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Rows of `triples` whose head and tail both are among the sorted `numbers` of one document.

    The rows of a head are sorted by their tails, and so are a document's numbers: one walk along both.
    """
    rows, lengths, found = np.empty(1024, np.uint64), np.zeros(len(ends) - 1, np.int64), 0
    for document in range(len(ends) - 1):
        first, last, before = ends[document], ends[document + 1], found
        for place in range(first, last):
            row, stop = indptr[numbers[place]], indptr[numbers[place] + 1]
            for other in range(first, last):
                low, high = row, stop
                while low < high:  # a hub has thousands of rows, a document few numbers
                    middle = (low + high) // 2
                    if triples[middle, 2] < numbers[other]:
                        low = middle + 1
                    else:
                        high = middle
                row = low
                while row < stop and triples[row, 2] == numbers[other]:
                    if found == len(rows):
                        rows = np.concatenate((rows, np.empty(len(rows), np.uint64)))
                    rows[found] = row
                    found += 1
                    row += 1
                if row == stop:
                    break
        lengths[document] = found - before
    return rows[:found].copy(), lengths
