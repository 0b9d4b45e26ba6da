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

from kgpt.corpus.base import Arrays, Rule, WholeStep, corpus_steps
from kgpt.corpus.clusters import is_first, keeper_rule, keepers, standing
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
    capital that do not begin a sentence, its numbers, and the words with a capital that it opens with; where both
    documents have links, these must agree, too.

    The decision holds 2 bytes for each hash, 4 for each name and link (64 at most), and 60 with the id: about 500 a
    document. A document is compared with its 16 next neighbours in each bucket, those that name the same side by side.

    Args:
        entities: whether documents that name different entities stay apart.
        max_conflict_frac: of the names in the smaller set that the other lacks while it lacks as many of the other's:
            room for edits in long texts, none in texts of less than ten names.
        min_similarity: estimated Jaccard similarity of the shingles; half as in datatrove's FineWeb recipe would merge
            stubs, were it not for the entities. The standard error is 0.05 with 100 hashes.
        shingle_words: words of a shingle (5 as in Lee et al., 2022).
        num_bands: bands of a signature; with the rows below, half of the pairs with a similarity of 0.43 meet.
        band_rows: hashes in a band.
        entity_rows: least hashes of names in a key.
        priority: sources whose documents stay before those of others, the first before the second.
    """

    entities: bool = True
    max_conflict_frac: Annotated[float, Field(ge=0, le=1)] = 0.1
    min_similarity: Annotated[float, Field(gt=0, le=1)] = 0.5
    shingle_words: Annotated[int, Field(ge=1)] = 5
    num_bands: Annotated[int, Field(ge=1)] = 25
    band_rows: Annotated[int, Field(ge=1)] = 4
    entity_rows: Annotated[int, Field(ge=0)] = 2
    priority: tuple[str, ...] = ()

    def sketch(self, documents: Sequence[Document], _graph: KnowledgeGraph | None, /) -> Arrays:
        """Signatures, names and linked entities."""
        words = ShardWords.of([document.text for document in documents])
        named, linked = EntitySets.named(words), EntitySets.linked(documents)
        return {
            "num_words": np.diff(words.ends),
            "signatures": signatures(
                words.hashes, words.ends, shingle_words=self.shingle_words, num_hashes=self.num_bands * self.band_rows
            ),
            "names": named.hashes,
            "num_names": named.lengths,
            "links": linked.hashes,
            "num_links": linked.lengths,
            **standing(documents, self.priority),
        }

    def decide(self, sketches: Arrays) -> Arrays:
        """One document of each cluster."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        pairs = self.pairs(sketches)
        num_documents = len(sketches["num_words"])
        edges = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(num_documents, num_documents))
        _, labels = connected_components(edges, directed=False)
        return keepers(sketches, labels)

    def rule(self, decision: Arrays) -> Rule:
        """Drop all but one of each cluster."""
        return keeper_rule(decision, step="near_duplicates", reason="near_duplicate")

    def pairs(self, sketches: Arrays) -> NDArray[np.int64]:
        """Pairs of rows that are near duplicates, [n, 2]; enough of them to join every cluster, not all."""
        named, linked = (EntitySets(sketches[one], sketches[f"num_{one}"]) for one in ("names", "links"))
        told, sets = sketches["signatures"], named.keys() if self.entities else np.zeros(len(named.lengths), np.uint64)
        links = linked.keys() if self.entities else sets
        whole = band_keys(told, sets, links)
        whole[sketches["num_words"] == 0] = np.arange(len(whole), dtype=np.uint64)[sketches["num_words"] == 0]
        firsts = np.flatnonzero(is_first(whole))
        order = firsts[np.argsort(whole[firsts])]
        same = np.stack([order[np.searchsorted(whole[order], whole)], np.arange(len(whole))], axis=1)
        rows = firsts[sketches["num_words"][firsts] > 0]
        found = [same[same[:, 0] != same[:, 1]]]
        for keys in self._keys(told[rows], named, rows):
            near = rows[neighbours(keys, sets[rows], window=_WINDOW)]
            found.append(near[self._is_alike(near, told, named, linked)])
        return np.unique(np.concatenate(found), axis=0)

    def _keys(self, told: Signatures, named: EntitySets, rows: NDArray[np.int64]) -> Iterator[NDArray[np.uint64]]:
        """The keys of each band."""
        for band in range(self.num_bands):
            columns = told[:, band * self.band_rows : (band + 1) * self.band_rows]
            least = range(band * self.entity_rows, (band + 1) * self.entity_rows) if self.entities else range(0)
            yield band_keys(columns, *(named.least(seed)[rows] for seed in least))

    def _is_alike(
        self, pairs: NDArray[np.int64], told: Signatures, named: EntitySets, linked: EntitySets
    ) -> NDArray[np.bool_]:
        found = agreement(told[pairs[:, 0]], told[pairs[:, 1]]) >= self.min_similarity
        if self.entities:
            for sets in (named, linked):
                found[found] = sets.conflicts(pairs[found]) <= self.max_conflict_frac
        return found
