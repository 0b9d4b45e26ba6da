"""Which entities a text is about, as sets of hashes: whether two texts that read alike say it of the same ones (ours).

A set is held as one row of hashes in order, `MAX_ENTITIES` at most: the smallest, so that two large sets keep the same
part of what they share. Shapes: D sets, N hashes of all together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.facts import entity_hash, linked_entities
from kgpt.corpus.words_of_shard import ShardWords
from kgpt.kernel import compiled
from kgpt.records import Document

MAX_ENTITIES = 64
_FEW = 3
_FACTOR = np.uint64(0xD6E8FEB86659FD93)
NO_ENTITY = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, eq=False, slots=True)
class EntitySets:
    """The sets of D texts.

    Args:
        hashes: of all sets, each in order, uint32 [N].
        lengths: of each set, [D].
    """

    hashes: NDArray[np.uint32]
    lengths: NDArray[np.int64]

    @classmethod
    def linked(cls, documents: Sequence[Document]) -> "EntitySets":
        """The entities that `documents` link."""
        told = [
            (number, entity_hash(one)) for number, document in enumerate(documents) for one in linked_entities(document)
        ]
        rows = np.array(told, np.uint64).reshape(-1, 2)
        return cls._of(rows[:, 0].astype(np.int64), rows[:, 1], len(documents))

    @classmethod
    def named(cls, words: ShardWords) -> "EntitySets":
        """What stands for entities in texts without links: their names and numbers."""
        owners = np.repeat(np.arange(len(words.ends) - 1), np.diff(words.ends))
        return cls._of(owners[words.is_name], words.hashes[words.is_name], len(words.ends) - 1)

    @classmethod
    def first_named(cls, words: ShardWords) -> "EntitySets":
        """The name that each text says first."""
        owners = np.repeat(np.arange(len(words.ends) - 1), np.diff(words.ends))
        is_told = words.is_first_name & words.is_name
        return cls._of(owners[is_told], words.hashes[is_told], len(words.ends) - 1)

    @classmethod
    def opening(cls, words: ShardWords) -> "EntitySets":
        """What each text begins with, in scripts without capitals."""
        owners = np.repeat(np.arange(len(words.ends) - 1), np.diff(words.ends))
        return cls._of(owners[words.is_opening], words.hashes[words.is_opening], len(words.ends) - 1)

    @classmethod
    def _of(cls, owners: NDArray[np.int64], hashes: NDArray[np.uint64], num_sets: int) -> "EntitySets":
        high = np.uint64(32)
        rows = np.unique((owners.astype(np.uint64) << high) | (hashes >> high))  # a set and a hash in one number
        lengths = np.bincount((rows >> high).astype(np.int64), minlength=num_sets)
        rank = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return cls(rows[rank < MAX_ENTITIES].astype(np.uint32), np.minimum(lengths, MAX_ENTITIES))

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each set begins, and the end, [D + 1]."""
        return np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)

    def keys(self) -> NDArray[np.uint64]:
        """A hash of each whole set, [D]."""
        mixed = (self.hashes.astype(np.uint64) + np.uint64(1)) * _FACTOR
        mixed ^= mixed >> np.uint64(32)
        return _reduced(np.add, mixed * _FACTOR, self, empty=np.uint64(0))

    def least(self, seed: int) -> NDArray[np.uint64]:
        """The smallest of each set's hashes in an order of each `seed`, [D]; the same for all very small sets."""
        mixed = (self.hashes.astype(np.uint64) ^ np.uint64(seed * 0x9E3779B9 % 2**32)) * _FACTOR
        mixed ^= mixed >> np.uint64(32)
        found = _reduced(np.minimum, mixed * _FACTOR, self, empty=NO_ENTITY)
        found[self.lengths < _FEW] = NO_ENTITY  # one name more or less would part them
        return found

    def conflicts(self, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
        """Of each pair of texts [n, 2] how far each names what the other does not, as a share of the smaller set.

        The lesser of both sides counts: what one only adds is no conflict.
        """
        return _conflicts(self.hashes, self.ends, pairs, MAX_ENTITIES)

    def lacks(self, of: NDArray[np.int64], others: "EntitySets", rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the sets of texts `rows` [n] lack any of what `others` has for the texts `of` beside them, [n]."""
        return _lacks(self.hashes, self.ends, others.hashes, others.ends, of, rows)


def _reduced(
    operation: np.ufunc, values: NDArray[np.uint64], sets: EntitySets, *, empty: np.uint64
) -> NDArray[np.uint64]:
    """`operation` over the values of each set; `empty` where it has none."""
    found = np.full(len(sets.lengths), empty, np.uint64)
    is_any = sets.lengths > 0
    if is_any.any():
        found[is_any] = operation.reduceat(values, sets.ends[:-1][is_any])
    return found


@compiled
def _conflicts(
    hashes: NDArray[np.uint32], ends: NDArray[np.int64], pairs: NDArray[np.int64], max_entities: int
) -> NDArray[np.float64]:
    found = np.zeros(len(pairs), np.float64)
    for number in range(len(pairs)):
        left, left_end = ends[pairs[number, 0]], ends[pairs[number, 0] + 1]
        right, right_end = ends[pairs[number, 1]], ends[pairs[number, 1] + 1]
        shared, only_left, only_right = 0, 0, 0
        while left < left_end or right < right_end:
            if left < left_end and right < right_end and hashes[left] == hashes[right]:
                shared += 1
                left += 1
                right += 1
            elif right == right_end or (left < left_end and hashes[left] < hashes[right]):
                if right == right_end and right_end - ends[pairs[number, 1]] == max_entities:
                    break  # what the other holds there was cut off
                only_left += 1
                left += 1
            else:
                if left == left_end and left_end - ends[pairs[number, 0]] == max_entities:
                    break
                only_right += 1
                right += 1
        smaller = shared + min(only_left, only_right)
        found[number] = min(only_left, only_right) / smaller if smaller else 0.0
    return found


@compiled
def _lacks(
    hashes: NDArray[np.uint32],
    ends: NDArray[np.int64],
    wanted: NDArray[np.uint32],
    wanted_ends: NDArray[np.int64],
    of: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> NDArray[np.bool_]:
    found = np.zeros(len(rows), np.bool_)
    for number in range(len(rows)):
        at, stop = ends[rows[number]], ends[rows[number] + 1]
        for place in range(wanted_ends[of[number]], wanted_ends[of[number] + 1]):
            while at < stop and hashes[at] < wanted[place]:
                at += 1
            if at == stop or hashes[at] != wanted[place]:
                found[number] = True
                break
    return found
