"""Names of entities or relations, from a log of what sources said in whatever order.

A row of the log is (number, code): the code says the language and the field. The first label, description or title of
an entity wins; aliases are gathered without repeats, in the order they came.
"""

import re
from collections.abc import Callable, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import ALIAS_SEPARATOR, Names
from kgpt.kg.heap import TextHeap, gathered, hash_spans
from kgpt.kg.log import TextLog
from kgpt.records import EntityRecord, RelationRecord
from kgpt.sources.block import NameField

FIELDS: tuple[NameField, ...] = get_args(NameField)
_FLUSH_ROWS = 1 << 16
Allocate = Callable[[str, int], NDArray[np.uint8]]
"""A function from a heap's name and its bytes to the array that takes them."""

_ADDRESS = re.compile(r"[A-Za-z][\w.+-]*:(?![\s_])|_:|/|[QPLM]\d+$")
_CODE = re.compile(r"\w{0,4}\d+$")


def name_in_id(identifier: str) -> str:
    """The name that an id is; nothing where it is an address.

    >>> [name_in_id(one) for one in ("Pale_Ale", "Terminator: Genisys", "1986", "Q64", "ex:beer", "/m/02mjmr")]
    ['Pale Ale', 'Terminator: Genisys', '1986', '', '', '']
    """
    return "" if _ADDRESS.match(identifier) else " ".join(identifier.replace("_", " ").split())


def is_plain(name: str) -> bool:
    """Whether nobody would take a name for a code.

    >>> [is_plain(one) for one in ("Pale Ale", "U2", "02174461", "")]
    [True, False, False, False]
    """
    return any(map(str.isalpha, name)) and not _CODE.match(name)


class NameLog:
    """What sources say of names: appended one by one or in blocks, assembled when numbers are final."""

    def __init__(self, languages: Sequence[str], log: TextLog) -> None:
        self._languages = tuple(languages)
        self._log = log
        self._rows: list[tuple[int, int]] = []
        self._texts: list[str] = []

    def code(self, field: NameField, language: str) -> int | None:
        """The code of a field in a language; None where the graph does not keep that language."""
        language = language or self._languages[0]
        if language not in self._languages:
            return None
        return self._languages.index(language) * len(FIELDS) + FIELDS.index(field)

    def add(self, number: int, record: EntityRecord | RelationRecord) -> bool:
        """Take in what `record` says of `number`; False where its language is not kept."""
        base = self.code(FIELDS[0], record.language)
        if base is None:
            return False
        title = record.title if isinstance(record, EntityRecord) else ""
        told = ((0, record.label), *((1, alias) for alias in record.aliases), (2, record.description), (3, title))
        for offset, text in told:
            if text:
                self._rows.append((number, base + offset))
                self._texts.append(text)
        if len(self._rows) >= _FLUSH_ROWS:
            self._flush()
        return True

    def add_all(self, numbers: NDArray[np.int64], code: int, texts: TextHeap) -> None:
        """Take in one name each for `numbers`, all of one code."""
        self._flush()
        rows = np.stack([numbers, np.full(len(numbers), code, np.int64)], axis=1)
        self._log.append(rows, texts.content, np.diff(texts.offsets))

    def add_coded(self, number: int, code: int, text: str) -> None:
        """Take in one name that the log of something else held."""
        self._rows.append((number, code))
        self._texts.append(text)

    def read(self) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """Rows (number, code), bytes, starts and lengths."""
        self._flush()
        return self._log.read()

    def _flush(self) -> None:
        """Move what was added one by one to the log."""
        if self._rows:
            heap = TextHeap.of(self._texts)
            self._log.append(np.array(self._rows, np.int64), heap.content, np.diff(heap.offsets))
            self._rows, self._texts = [], []

    def __len__(self) -> int:
        return len(self._rows) + len(self._log)

    def assemble(
        self, ids: TextHeap, final: NDArray[np.int64], moved: NDArray[np.bool_], *, what: str, allocate: Allocate
    ) -> dict[str, Names]:
        """The names in every language.

        Args:
            ids: of the entities by their final numbers.
            final: the final number of every number in the log; -1 where it has none.
            moved: numbers that were redirected to another: their labels are the other's aliases.
            what: `entity` or `relation`; leads the names of the arrays.
            allocate: gives the array for a heap.
        """
        rows, content, starts, lengths = self.read()
        numbers, codes = final[rows[:, 0]], rows[:, 1] + moved[rows[:, 0]] * (rows[:, 1] % len(FIELDS) == 0)
        log = _Told(numbers, codes, content, starts, lengths, len(ids))
        return {
            language: Names(
                ids,
                *(log.heap(place * len(FIELDS) + i, _heap_name(what, i, place, language), allocate) for i in range(4)),
            )
            for place, language in enumerate(self._languages)
        }


def _heap_name(what: str, field: int, place: int, language: str) -> str:
    plural = f"{what}_{FIELDS[field]}s".replace("aliass", "aliases")
    return f"{plural}.{language}" if place else plural


class _Told:
    def __init__(
        self,
        numbers: NDArray[np.int64],
        codes: NDArray[np.int64],
        content: NDArray[np.uint8],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        num_strings: int,
    ) -> None:
        self.numbers, self.codes = numbers, codes
        self.content, self.starts, self.lengths = content, starts, lengths
        self.num_strings = num_strings

    def heap(self, code: int, name: str, allocate: Allocate) -> TextHeap:
        rows = np.flatnonzero((self.codes == code) & (self.numbers >= 0))
        order = rows[np.argsort(self.numbers[rows], kind="stable")]
        if FIELDS[code % len(FIELDS)] == "alias":
            return self._joined(order, name, allocate)
        fresh = np.diff(self.numbers[order], prepend=-1) != 0
        chosen = order[fresh]
        starts, lengths = np.zeros((2, self.num_strings), np.int64)
        starts[self.numbers[chosen]], lengths[self.numbers[chosen]] = self.starts[chosen], self.lengths[chosen]
        return gathered(self.content, starts, lengths, out=lambda size: allocate(name, size))

    def _joined(self, order: NDArray[np.int64], name: str, allocate: Allocate) -> TextHeap:
        hashes = hash_spans(self.content, self.starts[order], self.lengths[order])
        order = order[_first_of_kind(self.numbers[order], hashes)]
        later = np.diff(self.numbers[order], prepend=-1) == 0
        sizes = self.lengths[order] + later
        totals = np.bincount(self.numbers[order], weights=sizes, minlength=self.num_strings)
        offsets = np.zeros(self.num_strings + 1, np.uint64)
        np.cumsum(totals.astype(np.int64), out=offsets[1:])
        target = allocate(name, int(offsets[-1]))
        _copy_joined(self.content, self.starts[order], self.lengths[order], later, ord(ALIAS_SEPARATOR), target)
        return TextHeap(target, offsets)


@compiled
def _first_of_kind(numbers: NDArray[np.int64], hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which rows repeat no earlier row of the same number; rows of one number follow each other."""
    out = np.ones(len(numbers), np.bool_)
    first = 0
    for i in range(len(numbers)):
        if numbers[i] != numbers[first]:
            first = i
        for j in range(first, i):
            if hashes[j] == hashes[i]:
                out[i] = False
                break
    return out


@compiled
def _copy_joined(
    content: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    later: NDArray[np.bool_],
    separator: int,
    target: NDArray[np.uint8],
) -> None:
    place = 0
    for i in range(len(starts)):
        if later[i]:
            target[place] = separator
            place += 1
        for j in range(lengths[i]):
            target[place + j] = content[starts[i] + j]
        place += lengths[i]
