"""Strings in one byte array with offsets: memory-mapped, opened in a moment whatever their number.

Shapes: N strings of B bytes together.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled

_CHUNK_STRINGS = 1 << 16


@dataclass(frozen=True, eq=False, slots=True)
class TextHeap(Sequence[str]):
    """A read-only sequence of strings.

    Args:
        content: UTF-8 bytes of all strings, one after the other, uint8 [B].
        offsets: where each begins, and the end, uint64 [N + 1].
    """

    content: NDArray[np.uint8]
    offsets: NDArray[np.uint64]

    @classmethod
    def of(cls, strings: Iterable[str]) -> "TextHeap":
        """The heap that holds `strings`."""
        encoded = [string.encode("utf-8") for string in strings]
        offsets = np.zeros(len(encoded) + 1, np.uint64)
        np.cumsum([len(one) for one in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    @classmethod
    def blank(cls, num_strings: int) -> "TextHeap":
        """A heap of empty strings."""
        return cls(np.zeros(0, np.uint8), np.zeros(num_strings + 1, np.uint64))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.content[int(self.offsets[index]) : int(self.offsets[index + 1])].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _CHUNK_STRINGS):
            offsets = self.offsets[first : first + _CHUNK_STRINGS + 1].tolist()
            content = self.content[offsets[0] : offsets[-1]].tobytes()
            yield from (content[a - offsets[0] : b - offsets[0]].decode("utf-8") for a, b in pairwise(offsets))

    def find(self, string: str) -> int | None:
        """Where `string` stands in a heap whose strings are sorted, or None."""
        place = bisect_left(self, string)
        return place if place < len(self) and self[place] == string else None

    def find_all(self, strings: Iterable[str]) -> NDArray[np.int64]:
        """Where each of `strings` stands in a heap whose strings are sorted, -1 for those it has not."""
        wanted = TextHeap.of(strings)
        return find_sorted(self.content, self.offsets, wanted.content, wanted.offsets)

    def take(self, numbers: NDArray[np.integer[Any]]) -> "TextHeap":
        """The heap of the strings at `numbers`, in that order."""
        starts, stops = self.offsets[numbers], self.offsets[np.asarray(numbers) + 1]
        return gathered(self.content, starts.astype(np.int64), (stops - starts).astype(np.int64))


def gathered(
    content: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], *, out: Any = None
) -> TextHeap:
    """The heap of the byte spans that begin at `starts` in `content`, [N] each; `out` takes the bytes if given."""
    offsets = np.zeros(len(starts) + 1, np.uint64)
    np.cumsum(lengths, out=offsets[1:])
    target = np.empty(int(offsets[-1]), np.uint8) if out is None else out(int(offsets[-1]))
    copy_spans(content, starts, lengths, target, offsets)
    return TextHeap(target, offsets)


@compiled
def copy_spans(
    content: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    target: NDArray[np.uint8],
    offsets: NDArray[np.uint64],
) -> None:
    """Copy each span of `content` to its offset in `target`."""
    for i in range(len(starts)):
        place, start = np.int64(offsets[i]), starts[i]
        for j in range(lengths[i]):
            target[place + j] = content[start + j]


@compiled
def hash_span(content: NDArray[np.uint8], start: int, stop: int) -> np.uint64:
    """A 64-bit hash of a span of bytes (FNV-1a, finished as in MurmurHash3)."""
    value = np.uint64(0xCBF29CE484222325)
    for i in range(start, stop):
        value = (value ^ np.uint64(content[i])) * np.uint64(0x100000001B3)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    return value


@compiled
def hash_spans(content: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    """`hash_span` of each span, [N]."""
    out = np.empty(len(starts), np.uint64)
    for i in range(len(starts)):
        out[i] = hash_span(content, starts[i], starts[i] + lengths[i])
    return out


@compiled
def leading_words(
    content: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], skip: int
) -> NDArray[np.uint64]:
    """Eight bytes of each span after the first `skip`, as a number that sorts as they do, [N]."""
    out = np.zeros(len(starts), np.uint64)
    for i in range(len(starts)):
        word = np.uint64(0)
        for j in range(skip, skip + 8):
            byte = np.uint64(content[starts[i] + j]) if j < lengths[i] else np.uint64(0)
            word = (word << np.uint64(8)) | byte
        out[i] = word
    return out


@compiled
def _compare(
    a: NDArray[np.uint8],
    a_first: np.uint64,
    a_last: np.uint64,
    b: NDArray[np.uint8],
    b_first: np.uint64,
    b_last: np.uint64,
) -> int:
    """Negative, 0 or positive as the first span of bytes comes before, equals or follows the second."""
    a_start, a_stop, b_start, b_stop = np.int64(a_first), np.int64(a_last), np.int64(b_first), np.int64(b_last)
    for i in range(min(a_stop - a_start, b_stop - b_start)):
        difference = np.int64(a[a_start + i]) - np.int64(b[b_start + i])
        if difference != 0:
            return int(difference)
    return int((a_stop - a_start) - (b_stop - b_start))


@compiled
def find_sorted(
    content: NDArray[np.uint8],
    offsets: NDArray[np.uint64],
    wanted: NDArray[np.uint8],
    wanted_offsets: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Where each wanted string stands among the sorted strings of a heap, -1 for those that are not there."""
    out = np.full(len(wanted_offsets) - 1, -1, np.int64)
    for i in range(len(out)):
        first, last = wanted_offsets[i], wanted_offsets[i + 1]
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) // 2
            order = _compare(content, offsets[middle], offsets[middle + 1], wanted, first, last)
            if order == 0:
                out[i] = middle
                break
            if order < 0:
                low = middle + 1
            else:
                high = middle
    return out


def sorted_order(content: NDArray[np.uint8], offsets: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The numbers of a heap's strings in their sorted order, [N]."""
    starts = offsets[:-1].astype(np.int64)
    lengths = np.diff(offsets).astype(np.int64)
    longest = int(lengths.max(initial=0))
    if longest > _MAX_WORD_KEYS * 8 or not np.asarray(content).all():  # long, or NUL bytes that padding hides
        return _arrow_order(content, offsets)
    words = [leading_words(content, starts, lengths, skip) for skip in range(0, max(longest, 1), 8)]
    return np.lexsort(words[::-1]) if len(words) > 1 else np.argsort(words[0], kind="stable")


_MAX_WORD_KEYS = 6


def _arrow_order(content: NDArray[np.uint8], offsets: NDArray[np.uint64]) -> NDArray[np.int64]:
    import pyarrow
    import pyarrow.compute

    buffers = [None, pyarrow.py_buffer(offsets.astype(np.int64)), pyarrow.py_buffer(np.ascontiguousarray(content))]
    strings = pyarrow.LargeBinaryArray.from_buffers(pyarrow.large_binary(), len(offsets) - 1, buffers)
    order: NDArray[np.int64] = pyarrow.compute.sort_indices(strings).to_numpy(zero_copy_only=False).astype(np.int64)
    return order
