"""Ids to numbers in the order of their first appearance: an open-addressing table over one byte heap."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.heap import TextHeap, hash_span

_EMPTY = np.uint64(0)
_FIRST_SLOTS = 1 << 12
_FIRST_BYTES = 1 << 16
_AHEAD = 256


class Interner:
    """Every distinct string gets the next number; strings are compared whole, so no two share one.

    A slot holds the number (plus one) in its low and a part of the hash in its high 32 bits.
    """

    def __init__(self) -> None:
        self._slots = np.full(_FIRST_SLOTS, _EMPTY, np.uint64)
        self._content = np.empty(_FIRST_BYTES, np.uint8)
        self._offsets = np.zeros(_FIRST_SLOTS // 2 + 1, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def heap(self) -> TextHeap:
        """The strings by number."""
        offsets = self._offsets[: self._count + 1]
        return TextHeap(self._content[: offsets[-1]], offsets.astype(np.uint64))

    def spans(self, content: NDArray[np.uint8], spans: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of spans of bytes [n, 2], [n]."""
        numbers = np.empty(len(spans), np.int64)
        done = 0
        while done < len(spans):
            done, self._count = _intern(
                content, spans, done, numbers, self._slots, self._content, self._offsets, self._count
            )
            if done < len(spans):
                self._grow(int(spans[done, 1] - spans[done, 0]))
        return numbers

    def texts(self, strings: Iterable[str]) -> NDArray[np.int64]:
        """The numbers of `strings`, [n]."""
        heap = TextHeap.of(strings)
        offsets = heap.offsets.astype(np.int64)
        return self.spans(heap.content, np.stack([offsets[:-1], offsets[1:]], axis=1))

    def _grow(self, num_bytes: int) -> None:
        if self._count + 1 >= len(self._offsets):
            self._offsets = np.concatenate([self._offsets, np.zeros(len(self._offsets), np.int64)])
            self._slots = np.full(2 * len(self._slots), _EMPTY, np.uint64)
            _reseat(self._slots, self._content, self._offsets, self._count)
        while self._offsets[self._count] + num_bytes > len(self._content):
            self._content = np.concatenate([self._content, np.empty(len(self._content), np.uint8)])


@compiled
def _equal(a: NDArray[np.uint8], a_start: int, a_stop: int, b: NDArray[np.uint8], b_start: int, b_stop: int) -> bool:
    if a_stop - a_start != b_stop - b_start:
        return False
    for i in range(a_stop - a_start):  # noqa: SIM110 - numba compiles no generator
        if a[a_start + i] != b[b_start + i]:
            return False
    return True


@compiled
def _intern(
    content: NDArray[np.uint8],
    spans: NDArray[np.int64],
    done: int,
    numbers: NDArray[np.int64],
    slots: NDArray[np.uint64],
    heap: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    count: int,
) -> tuple[int, int]:
    """Number the spans from `done` on until there is no room; gives how many are done, and the count."""
    mask = np.uint64(len(slots) - 1)
    low = np.uint64(0xFFFFFFFF)
    hashes = np.empty(_AHEAD, np.uint64)
    for i in range(done, len(spans)):
        if (i - done) % _AHEAD == 0:
            _look_ahead(content, spans[i : i + _AHEAD], hashes, slots, heap, offsets)
        start, stop = spans[i, 0], spans[i, 1]
        if i > done and _equal(content, spans[i - 1, 0], spans[i - 1, 1], content, start, stop):
            numbers[i] = numbers[i - 1]  # lines about one entity stand together
            continue
        value = hashes[(i - done) % _AHEAD]
        number, slot = _find(content, start, stop, value, slots, heap, offsets)
        if number < 0:
            if count + 1 >= len(offsets) or offsets[count] + stop - start > len(heap):
                return i, count
            for j in range(stop - start):
                heap[offsets[count] + j] = content[start + j]
            offsets[count + 1] = offsets[count] + stop - start
            number = count
            count += 1
            slots[slot & mask] = (value & ~low) | np.uint64(count)
        numbers[i] = number
    return len(spans), count


@compiled
def _look_ahead(
    content: NDArray[np.uint8],
    spans: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    slots: NDArray[np.uint64],
    heap: NDArray[np.uint8],
    offsets: NDArray[np.int64],
) -> int:
    """Hash the spans, and touch what their look-ups will need, many at a time: the processor waits for all at once."""
    mask, low = np.uint64(len(slots) - 1), np.uint64(0xFFFFFFFF)
    places = np.empty(len(spans), np.int64)
    for i in range(len(spans)):
        hashes[i] = hash_span(content, spans[i, 0], spans[i, 1])
    for i in range(len(spans)):
        places[i] = np.int64(slots[hashes[i] & mask] & low) - 1
    for i in range(len(spans)):
        places[i] = offsets[places[i]] if places[i] >= 0 else -1
    touched = 0
    for i in range(len(spans)):
        touched += heap[places[i]] if places[i] >= 0 else 0
    return touched


@compiled
def _find(
    content: NDArray[np.uint8],
    start: int,
    stop: int,
    value: np.uint64,
    slots: NDArray[np.uint64],
    heap: NDArray[np.uint8],
    offsets: NDArray[np.int64],
) -> tuple[int, np.uint64]:
    """The number of a span, -1 where it has none, and the slot where it stands or would."""
    mask, low = np.uint64(len(slots) - 1), np.uint64(0xFFFFFFFF)
    tag, slot = value & ~low, value & mask
    while slots[slot] != 0:
        if slots[slot] & ~low == tag:
            found = int(np.int64(slots[slot] & low)) - 1
            if _equal(heap, offsets[found], offsets[found + 1], content, start, stop):
                return found, slot
        slot = (slot + np.uint64(1)) & mask
    return -1, slot


@compiled
def _reseat(slots: NDArray[np.uint64], heap: NDArray[np.uint8], offsets: NDArray[np.int64], count: int) -> None:
    mask = np.uint64(len(slots) - 1)
    low = np.uint64(0xFFFFFFFF)
    for number in range(count):
        value = hash_span(heap, offsets[number], offsets[number + 1])
        slot = value & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = (value & ~low) | np.uint64(number + 1)
