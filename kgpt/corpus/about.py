"""What documents are about: whether two that read alike say it of the same entities.

Enters: sketches of documents. Leaves: verdicts on pairs of them. Shapes: n pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.base import Arrays
from kgpt.corpus.entity_sets import EntitySets
from kgpt.corpus.words_of_shard import ShardWords
from kgpt.records import Document

MAX_CONFLICT_FRAC = 0.125
MAX_STUB_WORDS = 120
"""Documents of so many words are stubs: their first names decide what they are about."""
_PLACES = 2
"""Words that first names may be apart and still stand at the same place."""


@dataclass(frozen=True, eq=False, slots=True)
class About:
    """What documents are about: the names in them, the first one and where it stands, the entities that they link.

    `plain` are hashes of all their other words.
    """

    named: EntitySets
    linked: EntitySets
    first: EntitySets
    opening: EntitySets
    first_places: NDArray[np.int64]
    num_words: NDArray[np.int64]
    plain: NDArray[np.uint64]

    @staticmethod
    def sketch(words: ShardWords, documents: Sequence[Document], *, max_stub_words: int) -> Arrays:
        """What `of` needs to know of documents and their words."""
        named, linked, first = EntitySets.named(words), EntitySets.linked(documents), EntitySets.first_named(words)
        opening = EntitySets.opening(words)
        return {
            "openings": opening.hashes,
            "num_openings": opening.lengths,
            "num_words": np.diff(words.ends),
            "names": named.hashes,
            "num_names": named.lengths,
            "first_names": first.hashes,
            "num_first_names": first.lengths,
            "first_places": words.first_places(),
            "plain": words.plain_keys(max_words=max_stub_words),
            "links": linked.hashes,
            "num_links": linked.lengths,
        }

    @classmethod
    def of(cls, sketches: Arrays) -> "About":
        """From what `sketch` told."""
        named, linked, first, opening = (
            EntitySets(sketches[one], sketches[f"num_{one}"]) for one in ("names", "links", "first_names", "openings")
        )
        return cls(named, linked, first, opening, sketches["first_places"], sketches["num_words"], sketches["plain"])

    def is_other(self, pairs: NDArray[np.int64], *, max_conflict_frac: float, max_stub_words: int) -> NDArray[np.bool_]:
        """Whether the documents of each pair [n, 2] are about different things."""
        keys, (left, right) = self.first.keys(), pairs.T
        found = (keys[left] != keys[right]) & (self.plain[left] == self.plain[right])
        found |= self.first.conflicts(pairs) > 0
        is_short = self.num_words[pairs].min(axis=1) <= max_stub_words
        found &= is_short
        found &= np.abs(np.diff(self.first_places[pairs], axis=1)[:, 0]) <= _PLACES
        found |= is_short & (self.opening.conflicts(pairs) > 0)
        for sets in (self.named, self.linked):
            found |= sets.conflicts(pairs) > max_conflict_frac
        return np.asarray(found, bool)

    def is_lost(
        self, others: NDArray[np.int64], keepers: NDArray[np.int64], *, max_stub_words: int
    ) -> NDArray[np.bool_]:
        """Whether what each of `others` [n], being short, names first is not in the document that stays for it."""
        is_short = self.num_words[others] <= max_stub_words
        return np.asarray(is_short & self.named.lacks(others, self.first, keepers), bool)
