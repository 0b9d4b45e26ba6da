"""From a stream of graph records to a `KnowledgeGraph`, in one pass and bounded memory; what is left out is counted.

Ids get numbers as they appear, triples wait as rows of numbers (on disk beyond the bound), names and values as bytes.
At the end ids are sorted, rows renumbered and sorted by an external distribution sort (`kgpt.kg.assembling`). Memory
holds the table of ids, a few numbers an entity, and the bound.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kgpt.errors import DataError
from kgpt.kg.assembling import Allocate, Assembly, Logs
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.heap import gathered
from kgpt.kg.interning import Interner
from kgpt.kg.log import RowLog, TextLog
from kgpt.kg.naming import NameLog, is_plain, name_in_id
from kgpt.kg.values import ValueLog, ValueType
from kgpt.progress import say
from kgpt.records import Dropped, EntityRecord, GraphItem, Literal, Qualifier, Redirect, RelationRecord, Triple
from kgpt.sources.block import Block, DroppedBlock, LiteralBlock, NameBlock

DEFAULT_MEMORY_BYTES = 2 << 30
_NUM_LOGS = 16  # so many may wait in memory at once
_BYTES_A_SORTED_ROW = 64
_FLUSH_RECORDS = 1 << 14


class GraphBuilder:
    """Collects records, then builds; several records about one id are merged, the first label wins.

    Args:
        languages: whose names are kept; the first is the graph's main one.
        memory_bytes: how much may wait in memory; beyond it rows and names go to temporary files.
        folder: where temporary files lie; None for the system's place.
        ids_as_names: whether ids that read as names are names where the sources have no name for anything: tables of
            plain words.
    """

    def __init__(
        self,
        *,
        languages: Sequence[str] = ("en",),
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
        folder: Path | None = None,
        ids_as_names: bool = False,
    ) -> None:
        room: dict[str, Any] = {"max_bytes": memory_bytes // _NUM_LOGS, "folder": folder}
        self._logs = Logs(
            languages=tuple(languages),
            entities=Interner(),
            relations=Interner(),
            rows=RowLog(np.int32, width=3, **room),
            names=NameLog(languages, TextLog(width=2, **room)),
            relation_names=NameLog(languages, TextLog(width=2, **room)),
            literals=ValueLog(TextLog(width=3, **room)),
            qualifiers=ValueLog(TextLog(width=5, **room)),
            popularity=RowLog(np.int64, width=2, **room),
            max_rows=max(1, memory_bytes // _BYTES_A_SORTED_ROW),
            folder=folder,
        )
        self._ids_as_names = ids_as_names
        self._waiting: dict[type, list[Any]] = {kind: [] for kind in self._takers}
        self.num_read = 0

    @property
    def skipped(self) -> Counter[str]:
        """What was left out, by reason."""
        return self._logs.skipped

    def add(self, item: GraphItem | Dropped | Block) -> None:
        """Take one record in, or a block of them."""
        waiting = self._waiting.get(type(item))
        if waiting is None:
            assert isinstance(item, Block), f"no graph record: {type(item)}"
            self._add_block(item)
            return
        self.num_read += 1
        waiting.append(item)
        if len(waiting) >= _FLUSH_RECORDS:
            self._flush(type(item))

    def build(self, allocate: Allocate | None = None) -> KnowledgeGraph:
        """The graph of all that was added.

        Entities named but in no triple are kept (text may mention them); relations in no triple are left out.

        Args:
            allocate: gives room for the graph's large arrays; in memory where it is None.

        Raises:
            DataError: there was no triple at all.
        """
        for kind in self._takers:
            self._flush(kind)
        if not self._logs.rows.num_rows:
            raise DataError("the sources hold no triple; a graph needs at least one")
        if self._ids_as_names and not self.skipped["other_language"]:
            self._name_by_ids()
        graph = Assembly(self._logs, allocate or _in_memory).graph()
        for language, names in {graph.language: graph.entities, **graph.translations}.items():
            if self._ids_as_names and not len(names.labels.content):
                say(f"no entity has a name in {language!r}")
        return graph

    def _name_by_ids(self) -> None:
        """Entities, and relations, that no source names have their ids for names, if some of these read as names."""
        sides: tuple[tuple[Interner, NameLog, Callable[[str, str], EntityRecord | RelationRecord]], ...] = (
            (self._logs.entities, self._logs.names, EntityRecord),
            (self._logs.relations, self._logs.relation_names, RelationRecord),
        )
        for ids, log, record in sides:
            names = [] if len(log) else list(map(name_in_id, ids.heap()))
            if any(map(is_plain, names)):
                for number, name in enumerate(names):
                    log.add(number, record("", name))
                what = "entities" if record is EntityRecord else "relations"
                say(f"the sources name no {what}: the ids of {sum(map(bool, names)):,} stand for their names")

    def _flush(self, kind: type) -> None:
        waiting, self._waiting[kind] = self._waiting[kind], []
        if waiting:
            self._takers[kind](self, waiting)

    def _add_block(self, block: Block) -> None:
        if isinstance(block, DroppedBlock):
            self.num_read += block.count
            self.skipped[block.reason] += block.count
            return
        self.num_read += len(block.spans)
        if isinstance(block, LiteralBlock):
            self._add_strings(block)
            return
        if isinstance(block, NameBlock):
            self._flush(EntityRecord)  # the first label wins
            self._add_names(block)
            return
        rows = np.empty((len(block.spans), 3), np.int32)
        for column, interner in enumerate((self._logs.entities, self._logs.relations, self._logs.entities)):
            rows[:, column] = interner.spans(block.content, block.spans[:, column])
        self._logs.rows.append(rows)

    def _add_strings(self, block: LiteralBlock) -> None:
        starts, stops = block.spans[:, 2, 0], block.spans[:, 2, 1]
        heads = self._logs.entities.spans(block.content, block.spans[:, 0])
        relations = self._logs.relations.spans(block.content, block.spans[:, 1])
        texts = gathered(block.content, starts, stops - starts)
        self._logs.literals.add_all(heads[:, None], relations, ValueType("string"), texts)

    def _add_names(self, block: NameBlock) -> None:
        code = self._logs.names.code(block.field, block.language)
        if code is None:
            self.skipped["other_language"] += len(block.spans)
            return
        starts, stops = block.spans[:, 1, 0], block.spans[:, 1, 1]
        numbers = self._logs.entities.spans(block.content, block.spans[:, 0])
        self._logs.names.add_all(numbers, code, gathered(block.content, starts, stops - starts))

    def _add_triples(self, triples: list[Triple]) -> None:
        rows = np.empty((len(triples), 3), np.int32)
        rows[:, 0] = self._logs.entities.texts(triple.head for triple in triples)
        rows[:, 1] = self._logs.relations.texts(triple.relation for triple in triples)
        rows[:, 2] = self._logs.entities.texts(triple.tail for triple in triples)
        self._logs.rows.append(rows)

    def _add_entities(self, records: list[EntityRecord]) -> None:
        numbers = self._logs.entities.texts(record.id for record in records).tolist()
        for number, record in zip(numbers, records, strict=True):
            if not self._logs.names.add(number, record):
                self.skipped["other_language"] += 1
        told = [(number, one.num_sitelinks) for number, one in zip(numbers, records, strict=True) if one.num_sitelinks]
        if told:
            self._logs.popularity.append(np.array(told))

    def _add_relations(self, records: list[RelationRecord]) -> None:
        numbers = self._logs.relations.texts(record.id for record in records).tolist()
        self._logs.recorded_relations.update(numbers)
        for number, record in zip(numbers, records, strict=True):
            if not self._logs.relation_names.add(number, record):
                self.skipped["other_language"] += 1

    def _add_literals(self, literals: list[Literal]) -> None:
        heads = self._logs.entities.texts(item.head for item in literals).tolist()
        relations = self._logs.relations.texts(item.relation for item in literals).tolist()
        for head, relation, item in zip(heads, relations, literals, strict=True):
            kind = ValueType(item.kind, item.unit, item.datatype, item.language)
            self._logs.literals.add((head,), relation, kind, item.value)

    def _add_qualifiers(self, qualifiers: list[Qualifier]) -> None:
        heads = self._logs.entities.texts(item.triple.head for item in qualifiers).tolist()
        relations = self._logs.relations.texts(item.triple.relation for item in qualifiers).tolist()
        tails = self._logs.entities.texts(item.triple.tail for item in qualifiers).tolist()
        said = self._logs.relations.texts(item.relation for item in qualifiers).tolist()
        self._logs.entities.texts(item.value for item in qualifiers if item.kind == "entity")
        for *owner, relation, item in zip(heads, relations, tails, said, qualifiers, strict=True):
            self._logs.qualifiers.add(tuple(owner), relation, ValueType(item.kind, item.unit), item.value)

    def _add_redirects(self, redirects: list[Redirect]) -> None:
        sources = self._logs.entities.texts(item.id for item in redirects).tolist()
        targets = self._logs.entities.texts(item.target for item in redirects).tolist()
        self._logs.redirects.extend(zip(sources, targets, strict=True))

    def _add_dropped(self, dropped: list[Dropped]) -> None:
        self.skipped.update(item.reason for item in dropped)

    _takers: dict[type, Callable[[Any, Any], None]] = {  # noqa: RUF012 - a table of methods, never written to
        Triple: _add_triples,
        EntityRecord: _add_entities,
        RelationRecord: _add_relations,
        Literal: _add_literals,
        Qualifier: _add_qualifiers,
        Redirect: _add_redirects,
        Dropped: _add_dropped,
    }


def _in_memory(_name: str, shape: tuple[int, ...], dtype: Any) -> Any:
    return np.empty(shape, dtype)


def build_graph(
    items: Iterable[GraphItem | Dropped | Block], *, languages: Sequence[str] = ("en",)
) -> tuple[KnowledgeGraph, GraphBuilder]:
    """The graph of `items` in memory, and the builder with its counts."""
    builder = GraphBuilder(languages=languages)
    for item in items:
        builder.add(item)
    return builder.build(), builder
