"""Values that are no triples: literals of entities, qualifiers of statements, in one kind of table.

Shapes: N values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.heap import TextHeap, gathered, hash_spans, leading_words
from kgpt.kg.log import TextLog

_SEPARATOR = "\x1f"
_ENTITY = "entity"


@dataclass(frozen=True, slots=True, order=True)
class ValueType:
    """What a value is: its kind, and what its source says of the type."""

    kind: str
    unit: str = ""
    datatype: str = ""
    language: str = ""

    def text(self) -> str:
        """All four in one string."""
        return _SEPARATOR.join((self.kind, self.unit, self.datatype, self.language))

    @classmethod
    def parse(cls, text: str) -> "ValueType":
        """What `text` said."""
        return cls(*text.split(_SEPARATOR))


@dataclass(frozen=True, eq=False, slots=True)
class ValueTable:
    """Values by owner, sorted by owner, relation and value, without repeats.

    Args:
        owners: number of the entity (literals) or row of the triple (qualifiers), int64 [N].
        relations: numbers of relations, int32 [N].
        types: places in `type_names`, int32 [N].
        values: the values as text.
        type_names: every distinct `ValueType` as text.
    """

    owners: NDArray[np.int64]
    relations: NDArray[np.int32]
    types: NDArray[np.int32]
    values: TextHeap
    type_names: TextHeap

    @classmethod
    def blank(cls) -> "ValueTable":
        """No values at all."""
        none = np.zeros(0, np.int32)
        return cls(np.zeros(0, np.int64), none, none, TextHeap.blank(0), TextHeap.blank(0))

    def __len__(self) -> int:
        return len(self.owners)

    def rows_of(self, owner: int) -> range:
        """The rows of one owner."""
        first, last = np.searchsorted(self.owners, [owner, owner + 1])
        return range(int(first), int(last))

    def type(self, row: int) -> ValueType:
        """What the value of a row is."""
        return ValueType.parse(self.type_names[int(self.types[row])])

    def take(self, rows: NDArray[np.int64], owners: NDArray[np.int64], relations: NDArray[np.int32]) -> "ValueTable":
        """Some rows with their new owners and relations."""
        return ValueTable(owners, relations, np.array(self.types[rows]), self.values.take(rows), self.type_names)


class ValueLog:
    """Values as sources tell them, one by one; assembled when numbers are final."""

    def __init__(self, log: TextLog) -> None:
        self._log = log
        self._types: dict[ValueType, int] = {}
        self._rows: list[tuple[int, ...]] = []
        self._texts: list[str] = []

    def add(self, owner: tuple[int, ...], relation: int, kind: ValueType, value: str) -> None:
        """Take in a value of an owner, which one or more numbers name."""
        place = self._types.setdefault(kind, len(self._types))
        self._rows.append((*owner, relation, place))
        self._texts.append(value)
        if len(self._rows) >= _FLUSH_ROWS:
            self.flush()

    def add_all(
        self, owners: NDArray[np.int64], relations: NDArray[np.int64], kind: ValueType, values: TextHeap
    ) -> None:
        """Take in one value each for `owners` [n, k], all of one type."""
        self.flush()
        place = self._types.setdefault(kind, len(self._types))
        rows = np.column_stack([owners, relations, np.full(len(relations), place)])
        self._log.append(rows, values.content, np.diff(values.offsets))

    def flush(self) -> None:
        """Move what was added one by one to the log."""
        if self._rows:
            heap = TextHeap.of(self._texts)
            self._log.append(np.array(self._rows, np.int64), heap.content, np.diff(heap.offsets))
            self._rows, self._texts = [], []

    def read(self) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """Rows (owner..., relation, type), bytes, starts and lengths."""
        self.flush()
        return self._log.read()

    def assemble(
        self,
        owners: NDArray[np.int64],
        relations: NDArray[np.int64],
        *,
        allocate: Callable[[int], NDArray[np.uint8]],
        renamed: Mapping[str, str] | None = None,
    ) -> ValueTable:
        """The table of all values.

        Args:
            owners: final owner of every value of the log; -1 where it has none.
            relations: final relation of every value.
            allocate: gives the array for the values' bytes.
            renamed: entities that are called otherwise, as values and as units.
        """
        renamed = renamed or {}
        rows, content, starts, lengths = self.read()
        if renamed:
            content, starts, lengths = self._renamed(rows, content, starts, lengths, renamed)
        called = {kind: replace(kind, unit=renamed.get(kind.unit, kind.unit)) for kind in self._types}
        names = sorted(set(called.values()))
        places = np.zeros(max(1, len(self._types)), np.int64)
        for kind, place in self._types.items():
            places[place] = names.index(called[kind])
        types = places[rows[:, -1]] if len(rows) else np.zeros(0, np.int64)
        hashes = hash_spans(content, starts, lengths)
        order = np.lexsort((types, hashes, leading_words(content, starts, lengths, 0), relations, owners))
        order = order[owners[order] >= 0]
        keys = np.stack([owners[order], relations[order], types[order], hashes[order].view(np.int64)], axis=1)
        order = order[_distinct(keys)]
        return ValueTable(
            owners=owners[order],
            relations=relations[order].astype(np.int32),
            types=types[order].astype(np.int32),
            values=gathered(content, starts[order], lengths[order], out=allocate),
            type_names=TextHeap.of(name.text() for name in names),
        )

    def _renamed(
        self,
        rows: NDArray[np.int64],
        content: NDArray[np.uint8],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        renamed: Mapping[str, str],
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """The values with the new names of entities behind them, and where each lies now."""
        of_entities = [place for kind, place in self._types.items() if kind.kind == _ENTITY]
        old = TextHeap.of(renamed)
        wanted = hash_spans(old.content, old.offsets[:-1].astype(np.int64), np.diff(old.offsets).astype(np.int64))
        places = np.flatnonzero(np.isin(rows[:, -1], of_entities)) if len(rows) else np.zeros(0, np.int64)
        places = places[np.isin(hash_spans(content, starts[places], lengths[places]), wanted)].tolist()
        texts = (bytes(content[starts[place] : starts[place] + lengths[place]]).decode() for place in places)
        moved = [(place, renamed[text]) for place, text in zip(places, texts, strict=True) if text in renamed]
        if not moved:
            return content, starts, lengths
        heap = TextHeap.of(text for _, text in moved)
        starts, lengths, which = starts.copy(), lengths.copy(), [place for place, _ in moved]
        starts[which] = len(content) + heap.offsets[:-1].astype(np.int64)
        lengths[which] = np.diff(heap.offsets)
        return np.concatenate([content, heap.content]), starts, lengths


_FLUSH_ROWS = 1 << 14


@compiled
def _distinct(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows differ from the row before."""
    out = np.ones(len(keys), np.bool_)
    for i in range(1, len(keys)):
        same = True
        for j in range(keys.shape[1]):
            if keys[i, j] != keys[i - 1, j]:
                same = False
                break
        out[i] = not same
    return out
