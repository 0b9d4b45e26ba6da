"""Documents that say nearly the same of the same entities: MinHash and locality-sensitive hashing over sketches.

Two documents are compared where they share a key: a band of their MinHash signatures and, entity-aware, the least
hashes of the entities that they name. They are alike where the signatures agree and neither names what the other does
not. What is alike is joined to clusters, and one document of each stays (`kgpt.corpus.clusters`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kgpt.corpus.about import MAX_CONFLICT_FRAC, MAX_STUB_WORDS, About
from kgpt.corpus.base import Arrays, Rule, WholeStep, corpus_steps
from kgpt.corpus.clusters import best_of, is_first, keeper_rule, keepers, standing
from kgpt.corpus.entity_sets import EntitySets
from kgpt.corpus.minhash import Signatures, agreement, band_keys, neighbours, signatures
from kgpt.corpus.words_of_shard import ShardWords
from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import Document

_WINDOW = 16
"""Documents of one bucket that each is compared with."""


@corpus_steps.register("near_duplicates")
@dataclass(frozen=True, kw_only=True, slots=True)
class NearDuplicates(WholeStep):
    """Keep one of the documents that are nearly the same (Broder, 1997; Lee et al., 2022), entity by entity (ours).

    By text alone, stubs about different villages are near duplicates of one another, and all but a few go with their
    facts. So documents are merged only where they name the same entities. What a document names are the words with a
    capital that do not begin a sentence, its numbers, and the words with a capital that it begins with; where both
    documents have links, these must agree, too. Short documents stay apart, besides, whose first names stand at the
    same place, two words more or less, and each have a word of their own (one of the two is enough where all words but
    names are the same); and none goes whose first name is not in the one that stays. That is, before length decides,
    the one with more names.

    The decision holds 2 bytes for each hash, 4 for each name and link (64 at most), and 70 with the id: about 500 a
    document, and half as much again while it is made. A document is compared with its 16 next neighbours in each
    bucket, those that name the same side by side.

    Args:
        entities: whether documents that name different entities stay apart.
        max_conflict_frac: of the names in the smaller set that the other lacks while it lacks as many of the other's:
            room for edits in long texts, none in texts with less than eight names.
        max_stub_words: the rule of first names holds where one of the two has no more words.
        min_similarity: estimated Jaccard similarity of the shingles, its standard error being 0.05 for 100 hashes (0.7
            to 0.8 are usual; what entities keep apart need not be kept apart by it).
        min_stub_similarity: the same where one of the two has no more than `max_stub_words`, with `entities`.
        shingle_words: words of a shingle (5 as in Lee et al., 2022).
        num_bands: bands of a signature; with the rows below, half of the pairs with a similarity of 0.41 meet, if they
            name the same.
        band_rows: hashes in a band.
        entity_rows: least hashes of names in a key.
        priority: sources whose documents stay before those of others, the first before the second.
    """

    entities: bool = True
    max_conflict_frac: Annotated[float, Field(ge=0, le=1)] = MAX_CONFLICT_FRAC
    max_stub_words: Annotated[int, Field(ge=0)] = MAX_STUB_WORDS
    min_similarity: Annotated[float, Field(gt=0, le=1)] = 0.5
    min_stub_similarity: Annotated[float, Field(gt=0, le=1)] = 0.65
    shingle_words: Annotated[int, Field(ge=1)] = 5
    num_bands: Annotated[int, Field(ge=1)] = 25
    band_rows: Annotated[int, Field(ge=1)] = 4
    entity_rows: Annotated[int, Field(ge=0)] = 2
    priority: tuple[str, ...] = ()

    def sketch(self, documents: Sequence[Document], _graph: KnowledgeGraph | None, /) -> Arrays:
        """Signatures, names and linked entities."""
        words = ShardWords.of([document.text for document in documents])
        told = About.sketch(words, documents, max_stub_words=self.max_stub_words)
        return {
            "signatures": signatures(
                words.hashes, words.ends, shingle_words=self.shingle_words, num_hashes=self.num_bands * self.band_rows
            ),
            **told,
            **standing(documents, self.priority, num_names=told["num_names"] if self.entities else None),
        }

    def decide(self, sketches: Arrays) -> Arrays:
        """One document of each cluster."""
        return keepers(sketches, self.clusters(sketches))

    def clusters(self, sketches: Arrays) -> NDArray[np.int64]:
        """The cluster of each row, [D]: what similar pairs join, as far as it agrees with the document that stays."""
        pairs, about = self.pairs(sketches), About.of(sketches)
        found = np.arange(len(sketches["num_words"]))
        while len(pairs):
            rows, places = np.unique(pairs, return_inverse=True)
            keeper = best_of(sketches, _components(places.reshape(-1, 2), len(rows)), rows=rows)
            is_split = np.zeros(len(rows), bool)
            if self.entities:
                is_split = self._is_other(np.stack([rows, keeper], axis=1), about)
                is_split |= about.is_lost(rows, keeper, max_stub_words=self.max_stub_words)
                is_split &= keeper != rows
            found[rows[~is_split]] = keeper[~is_split]
            pairs = pairs[is_split[places.reshape(-1, 2)].all(axis=1)]
        return found

    def rule(self, decision: Arrays) -> Rule:
        """Drop all but one of each cluster."""
        return keeper_rule(decision, step="near_duplicates", reason="near_duplicate")

    def pairs(self, sketches: Arrays) -> NDArray[np.int64]:
        """Pairs of rows that are near duplicates, [n, 2]; enough of them to join every cluster, not all."""
        told, about = sketches["signatures"], About.of(sketches)
        names = about.named.keys() if self.entities else np.zeros(len(told), np.uint64)
        same, rows = _equal(sketches["num_words"], told, names, about.linked.keys() if self.entities else names)
        found = [same]
        for keys in self._keys(told, about.named, rows):
            near = rows[neighbours(keys, names[rows], window=_WINDOW)]
            found.append(near[self._is_alike(near, told, about)])
        return np.unique(np.concatenate(found), axis=0)

    def _keys(self, told: Signatures, named: EntitySets, rows: NDArray[np.int64]) -> Iterator[NDArray[np.uint64]]:
        """The keys of `rows` in each band."""
        for band in range(self.num_bands):
            columns = told[:, band * self.band_rows : (band + 1) * self.band_rows][rows]
            least = range(band * self.entity_rows, (band + 1) * self.entity_rows) if self.entities else range(0)
            yield band_keys(columns, *(named.least(seed)[rows] for seed in least))

    def _is_alike(self, pairs: NDArray[np.int64], told: Signatures, about: "About") -> NDArray[np.bool_]:
        similar = agreement(told[pairs[:, 0]], told[pairs[:, 1]])
        found = similar >= self.min_similarity
        if self.entities:
            is_short = about.num_words[pairs].min(axis=1) <= self.max_stub_words
            found &= ~is_short | (similar >= self.min_stub_similarity)
            found[found] = ~self._is_other(pairs[found], about)
        return found

    def _is_other(self, pairs: NDArray[np.int64], about: "About") -> NDArray[np.bool_]:
        return about.is_other(pairs, max_conflict_frac=self.max_conflict_frac, max_stub_words=self.max_stub_words)


def _components(pairs: NDArray[np.int64], num_rows: int) -> NDArray[np.int64]:
    """The component of each row that `pairs` make."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(num_rows, num_rows))
    return np.asarray(connected_components(edges, directed=False)[1], np.int64)


def _equal(
    num_words: NDArray[np.int64], told: Signatures, *keys: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of a row and an earlier one that is the same in all, and the rows with words that no earlier one is.

    These come in an order of their content, so that which are neighbours does not depend on the order of documents.
    """
    whole = band_keys(told, *keys)
    is_blank = num_words == 0
    whole[is_blank] = np.flatnonzero(is_blank)
    firsts = np.flatnonzero(is_first(whole))
    order = firsts[np.argsort(whole[firsts])]
    same = np.stack([order[np.searchsorted(whole[order], whole)], np.arange(len(whole))], axis=1)
    return same[same[:, 0] != same[:, 1]], order[~is_blank[order]]
