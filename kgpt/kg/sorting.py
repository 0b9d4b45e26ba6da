"""Triples into the graph's order by external distribution sort: head, tail, relation, without repeats.

Rows are dealt into buckets of heads that fit in memory, each bucket is sorted, and the buckets follow each other.
Shapes: T triples, E entities.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.log import RowLog

_CHUNK_ROWS = 1 << 22


def sort_rows(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """`rows` [T, 3] in the graph's order, without repeats."""
    if not len(rows):
        return rows.reshape(0, 3)
    first = int(rows[:, 0].min())
    tail_bits, relation_bits = (int(rows[:, column].max()).bit_length() for column in (2, 1))
    if (int(rows[:, 0].max()) - first).bit_length() + tail_bits + relation_bits > 64:
        return _sort_wide_rows(rows)
    keys = (rows[:, 0].astype(np.uint64) - np.uint64(first)) << np.uint64(tail_bits + relation_bits)
    keys |= rows[:, 2].astype(np.uint64) << np.uint64(relation_bits)
    keys |= rows[:, 1].astype(np.uint64)
    keys.sort()
    keys = keys[np.r_[True, keys[1:] != keys[:-1]]]
    out = np.empty((len(keys), 3), np.int32)
    out[:, 0] = (keys >> np.uint64(tail_bits + relation_bits)).astype(np.int64) + first
    out[:, 2] = (keys >> np.uint64(relation_bits)) & np.uint64((1 << tail_bits) - 1)
    out[:, 1] = keys & np.uint64((1 << relation_bits) - 1)
    return out


def _sort_wide_rows(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]
    fresh = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    return np.ascontiguousarray(ordered[fresh])


def sorted_buckets(
    rows: NDArray[np.int32],
    entities: NDArray[np.int64],
    relations: NDArray[np.int64],
    *,
    num_entities: int,
    max_rows: int,
    folder: Path | None = None,
) -> Iterator[NDArray[np.int32]]:
    """The triples of `rows` [T, 3], renumbered, in the graph's order, a bucket at a time.

    Args:
        rows: head, relation, tail by first numbers; may be memory-mapped.
        entities: final number of every first number of an entity.
        relations: the same of relations.
        num_entities: E.
        max_rows: rows a bucket; one head with more makes a bucket of its own.
        folder: where buckets wait that memory does not hold.
    """
    if len(rows) <= max_rows:
        yield sort_rows(_renumbered(rows, entities, relations))
        return
    counts = np.zeros(num_entities, np.int64)
    for chunk in _chunks(rows):
        np.add(counts, np.bincount(entities[chunk[:, 0]], minlength=num_entities), out=counts)
    bucket_of = (np.cumsum(counts) - counts) // max_rows
    bucket_bytes = 16 * max_rows // (int(bucket_of[-1]) + 1)
    buckets = [RowLog(np.int32, width=3, max_bytes=bucket_bytes, folder=folder) for _ in range(int(bucket_of[-1]) + 1)]
    for chunk in _chunks(rows):
        renumbered = _renumbered(chunk, entities, relations)
        places = bucket_of[renumbered[:, 0]]
        order = np.argsort(places, kind="stable")
        edges = np.searchsorted(places[order], np.arange(len(buckets) + 1))
        for number, bucket in enumerate(buckets):
            bucket.append(renumbered[order[edges[number] : edges[number + 1]]])
    while buckets:
        yield sort_rows(buckets.pop(0).rows())


def _chunks(rows: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
    return (rows[start : start + _CHUNK_ROWS] for start in range(0, len(rows), _CHUNK_ROWS))


def _renumbered(
    rows: NDArray[np.int32], entities: NDArray[np.int64], relations: NDArray[np.int64]
) -> NDArray[np.int32]:
    out = np.empty(rows.shape, np.int32)
    out[:, 0], out[:, 1], out[:, 2] = entities[rows[:, 0]], relations[rows[:, 1]], entities[rows[:, 2]]
    return out


@compiled
def rows_by_tail(
    triples: NDArray[np.int32], indptr: NDArray[np.int64], first: int, last: int, out: NDArray[np.int64]
) -> None:
    """The rows of `triples` whose tails are in `[first, last)`, ordered by tail, into `out` (counting sort)."""
    places = indptr[first:last] - indptr[first]
    for row in range(len(triples)):
        tail = triples[row, 2]
        if first <= tail < last:
            out[places[tail - first]] = row
            places[tail - first] += 1
