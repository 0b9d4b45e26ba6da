"""What is known of entities apart from who bears which name: the words of their descriptions.

Shapes: E entities, W words of all descriptions.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking.alias_index import AliasIndex, tokenize_all
from kgpt.linking.array_folder import open_arrays, write_arrays

NUM_BUCKETS = 1 << 20
_VERSION = 1
_USUAL_RARITY = 5.0
_FEWEST_WORDS = 1_000_000  # a word of a small graph is no common one because the graph has few


@dataclass(frozen=True, eq=False, slots=True)
class Profiles:
    """Arrays by entity.

    Args:
        indptr: where each entity's words begin, int64 [E + 1].
        words: keys of the words of descriptions, uint64 [W].
        rarity: by the low bits of a word's key, how rare it is in labels and descriptions: -log of its share,
            float32 [NUM_BUCKETS].
    """

    indptr: NDArray[np.int64]
    words: NDArray[np.uint64]
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, graph: KnowledgeGraph, index: AliasIndex, *, language: str = "") -> "Profiles":
        """The profiles of all entities of a graph."""
        names = graph.names_in(language) if language else graph.entities
        fold_case = bool(index.fold_case[0])
        labels, _ = tokenize_all(names.labels, fold_case=fold_case)
        told, counts = tokenize_all(names.descriptions, fold_case=fold_case)
        everything = np.concatenate([labels.keys, told.keys])
        seen = np.bincount((everything & np.uint64(NUM_BUCKETS - 1)).astype(np.int64), minlength=NUM_BUCKETS)
        rarity = -np.log((seen + 1.0) / max(_FEWEST_WORDS, len(everything)))
        return cls(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            told.keys,
            rarity.astype(np.float32),
        )

    def write(self, folder: Path) -> None:
        """Write the profiles to `folder`, whole or not at all."""
        write_arrays(self, folder, version=_VERSION)

    @classmethod
    def open(cls, folder: Path) -> "Profiles":
        """The profiles in `folder`, memory-mapped.

        Raises:
            StoreError: none there, of another version, or corrupt ones.
        """
        return open_arrays(cls, folder, version=_VERSION)


@compiled
def shared_words(
    indptr: NDArray[np.int64],
    words: NDArray[np.uint64],
    rarity: NDArray[np.float32],
    entities: NDArray[np.int64],
    text: NDArray[np.uint64],
) -> NDArray[np.float64]:
    """For each of `entities`, the rarity beyond the usual of its words that are among the sorted keys of a text."""
    out = np.zeros(len(entities))
    mask = np.uint64(len(rarity) - 1)
    for i in range(len(entities)):
        for j in range(indptr[entities[i]], indptr[entities[i] + 1]):
            place = np.searchsorted(text, words[j])
            if place < len(text) and text[place] == words[j]:
                out[i] += max(0.0, rarity[words[j] & mask] - _USUAL_RARITY)
    return out
