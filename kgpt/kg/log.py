"""Rows that only grow, in memory up to a bound and on disk beyond it: what a builder has seen so far."""

import os
import weakref
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class RowLog:
    """Rows of numbers or bytes, appended in blocks and read back whole.

    Args:
        dtype: of the rows.
        width: numbers a row; 0 for rows that are single numbers.
        max_bytes: more than that goes to a temporary file.
        folder: where that file lies; None for the system's place.
    """

    def __init__(self, dtype: DTypeLike, *, width: int = 0, max_bytes: int, folder: Path | None = None) -> None:
        self._dtype, self._width = np.dtype(dtype), width
        self._max_bytes, self._folder = max_bytes, folder
        self._blocks: list[NDArray[Any]] = []
        self._num_waiting_bytes = 0
        self._path: Path | None = None
        self.num_rows = 0

    def append(self, rows: NDArray[Any]) -> None:
        """Take `rows` in, [n] or [n, width]."""
        block = np.ascontiguousarray(rows, self._dtype)
        self._blocks.append(block)
        self._num_waiting_bytes += block.nbytes
        self.num_rows += len(block)
        if self._num_waiting_bytes > self._max_bytes:
            self._spill()

    def rows(self) -> NDArray[Any]:
        """All rows in their order, memory-mapped where they are on disk."""
        shape = (-1, self._width) if self._width else (-1,)
        if self._path is None:
            whole = np.concatenate(self._blocks) if self._blocks else np.zeros(0, self._dtype)
            self._blocks = [whole.reshape(shape)]
            return self._blocks[0]
        self._spill()
        return np.memmap(self._path, self._dtype, "r").reshape(shape)

    def _spill(self) -> None:
        if self._path is None:
            descriptor, name = mkstemp(dir=self._folder)
            os.close(descriptor)
            self._path = Path(name)
            weakref.finalize(self, self._path.unlink, missing_ok=True)
        with self._path.open("ab") as file:
            for block in self._blocks:
                file.write(block.tobytes())
        self._blocks, self._num_waiting_bytes = [], 0


class TextLog:
    """Byte strings with a row of numbers each.

    Args:
        width: numbers a row.
        max_bytes: see `RowLog`.
        folder: see `RowLog`.
    """

    def __init__(self, *, width: int, max_bytes: int, folder: Path | None = None) -> None:
        self._rows = RowLog(np.int64, width=width, max_bytes=max_bytes, folder=folder)
        self._lengths = RowLog(np.int64, max_bytes=max_bytes, folder=folder)
        self._content = RowLog(np.uint8, max_bytes=max_bytes, folder=folder)

    def __len__(self) -> int:
        return self._rows.num_rows

    def append(self, rows: NDArray[Any], content: NDArray[np.uint8], lengths: NDArray[Any]) -> None:
        """Take in `rows` [n, width] with their strings, whose bytes follow each other in `content`."""
        self._rows.append(rows)
        self._lengths.append(lengths)
        self._content.append(content)

    def read(self) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """Rows [n, width], all bytes, and where each string starts and how long it is, [n]."""
        lengths = self._lengths.rows()
        return self._rows.rows(), self._content.rows(), np.cumsum(lengths) - lengths, lengths
