"""Strings in one byte array with offsets: memory-mapped, opened in a moment whatever their number."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class TextHeap(Sequence[str]):
    """A read-only sequence of strings.

    Args:
        content: UTF-8 bytes of all strings, one after the other, uint8 [N].
        offsets: where each begins, and the end, uint64 [num_strings + 1].
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
        return (self[i] for i in range(len(self)))

    def find(self, string: str) -> int | None:
        """Where `string` stands in a heap whose strings are sorted, or None."""
        place = bisect_left(self, string)
        return place if place < len(self) and self[place] == string else None
