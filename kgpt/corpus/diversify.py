"""Documents that mean nearly the same, and those that many others are like: thinned out by their embeddings."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kgpt.corpus.about import MAX_CONFLICT_FRAC, MAX_STUB_WORDS, About
from kgpt.corpus.base import Arrays, Rule, WholeStep, corpus_steps
from kgpt.corpus.clusters import Duplicate
from kgpt.corpus.embedding import Vectors, normalized, reduced, worker_encoder
from kgpt.corpus.words_of_shard import ShardWords
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.heap import TextHeap
from kgpt.randomness import stable_hash
from kgpt.records import VERBALIZED, Document, Dropped

_NUM_BUCKETS = 2**18
_CLUSTER_DOCUMENTS = 200
_ROWS_AT_ONCE = 1024
_NEIGHBOURS = 64
"""Of the documents that come before it, so many of the nearest may stay in the place of each."""


@corpus_steps.register("diversify")
@dataclass(frozen=True, kw_only=True, slots=True)
class Diversify(WholeStep):
    """Drop semantic duplicates (SemDeDup), then the most prototypical documents (D4).

    Documents are embedded and clustered by k-means. Within a cluster a document goes as `semantic_duplicate` where an
    earlier one is too near, the order being from far from the centroid to near (Abbas et al., 2023). Those that are
    left are clustered again, and the share nearest to their centroids goes as `prototypical` (Tirumala et al., 2023).

    Verbalised triples and stubs about different entities lie near each other, and would go with their facts. So no
    document goes for one that is about other entities, as `near_duplicates` tells them (ours), and verbalised triples
    pass unless a config says otherwise.

    The decision takes 90 bytes for each different word of each document while it is made (with `model`, which has no
    words, 2 bytes a dimension, and 8 while it is made), and what `near_duplicates` holds of names and links.

    Args:
        entities: whether documents about different entities mean different things.
        max_similarity: cosine above which two documents mean the same (SemDeDup's 1 - epsilon).
        prototypical_frac: of what is left then, so much goes; D4 lets more go.
        num_clusters: of k-means; 0 is one for 200 documents (D4: 11,000 for hundreds of millions).
        model: folder of a checkpoint whose encoder embeds; empty takes hashed words, with no model at all.
        num_dimensions: of the embedding without a model.
        seed: of clustering and decomposition.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)
    entities: bool = True
    max_similarity: Annotated[float, Field(gt=0, le=1)] = 0.95
    prototypical_frac: Annotated[float, Field(ge=0, lt=1)] = 0.2
    num_clusters: Annotated[int, Field(ge=0)] = 0
    model: str = ""
    num_dimensions: Annotated[int, Field(ge=2)] = 128
    seed: int = 0

    def files(self) -> Sequence[Path]:
        """The checkpoint's files."""
        return sorted(path for path in Path(self.model).rglob("*") if path.is_file()) if self.model else ()

    def rules(self) -> Sequence[str]:
        """What a document goes for."""
        return ("semantic_duplicate", "prototypical")

    def sketch(self, documents: Sequence[Document], _graph: KnowledgeGraph | None, /) -> Arrays:
        """The words of each document, or its vector."""
        texts, ids = [one.text for one in documents], TextHeap.of(one.id for one in documents)
        words = ShardWords.of(texts)
        told: dict[str, NDArray[Any]] = {
            "ties": np.array([stable_hash("diversify", one.id, self.seed) for one in documents], np.uint64),
            "id_content": ids.content,
            "id_bytes": np.diff(ids.offsets),
            **About.sketch(words, documents, max_stub_words=MAX_STUB_WORDS),
        }
        if self.model:
            return told | {"vectors": worker_encoder(Path(self.model)).encode(texts).astype(np.float16)}
        return {**told, **_hashed(words)}

    def decide(self, sketches: Arrays) -> Arrays:
        """Which documents go, and in whose place."""
        vectors, ties = self._vectors(sketches), sketches["ties"]
        twin = self._twins(vectors, ties, About.of(sketches))
        left = np.flatnonzero(twin < 0)
        is_prototypical = np.zeros(len(vectors), bool)
        is_prototypical[left[self._prototypical(vectors[left], ties[left])]] = True
        chosen = np.unique(twin[twin >= 0])
        ends = np.concatenate([[0], np.cumsum(sketches["id_bytes"])]).astype(np.uint64)
        names = TextHeap(sketches["id_content"], ends).take(chosen)
        return {
            "is_prototypical": is_prototypical,
            "name": np.where(twin >= 0, np.searchsorted(chosen, twin), -1),
            "id_content": names.content,
            "id_offsets": names.offsets,
        }

    def rule(self, decision: Arrays) -> Rule:
        """Drop them."""
        ids = TextHeap(decision["id_content"], decision["id_offsets"])

        def apply(document: Document, row: int) -> Document | Dropped:
            if (name := int(decision["name"][row])) >= 0:
                return Duplicate(document.id, "diversify:semantic_duplicate", of=ids[name])
            is_gone = decision["is_prototypical"][row]
            return Dropped(document.id, "diversify:prototypical") if is_gone else document

        return apply

    def _vectors(self, sketches: Arrays) -> Vectors:
        if self.model:
            return normalized(sketches["vectors"])
        return normalized(
            reduced(
                sketches["buckets"],
                sketches["values"],
                sketches["num_different"],
                num_dimensions=self.num_dimensions,
                seed=self.seed,
            )
        )

    def _twins(self, vectors: Vectors, ties: NDArray[np.uint64], about: About) -> NDArray[np.int64]:
        """The nearest document that stays in the place of each, -1 for those that stay."""
        found = np.full(len(vectors), -1, np.int64)
        for rows, distances in self._clusters(vectors):
            order = rows[np.lexsort((ties[rows], -distances))]
            for first in range(0, len(order), _ROWS_AT_ONCE):
                some = order[first : first + _ROWS_AT_ONCE]
                similar = vectors[some] @ vectors[order[: first + len(some)]].T
                similar[np.arange(len(order[: first + len(some)])) >= first + np.arange(len(some))[:, None]] = -1
                if self.entities:
                    self._part(similar, some, order, about)
                nearest = similar.argmax(axis=1)
                is_near = similar[np.arange(len(some)), nearest] > self.max_similarity
                found[some[is_near]] = order[nearest[is_near]]
        while (found[found[found >= 0]] >= 0).any():  # a twin that goes itself is no place to stay
            has = found >= 0
            beyond = np.where(has, found[found], -1)
            found = np.where(has & (beyond >= 0), beyond, found)
        goes = np.flatnonzero(found >= 0)
        if self.entities:  # several small steps may lead to another entity
            found[goes[_is_other(np.stack([goes, found[goes]], axis=1), about)]] = -1
        return found

    def _part(
        self, similar: NDArray[np.floating[Any]], some: NDArray[np.int64], order: NDArray[np.int64], about: About
    ) -> None:
        """Set the similarity of documents about different entities to -1, among the nearest of each of `some`."""
        most = min(_NEIGHBOURS, similar.shape[1])
        columns = np.argpartition(-similar, most - 1, axis=1)[:, :most]
        rows = np.repeat(np.arange(len(some)), most)
        columns = columns.ravel()
        is_near = similar[rows, columns] > self.max_similarity
        rows, columns = rows[is_near], columns[is_near]
        is_other = _is_other(np.stack([some[rows], order[columns]], axis=1), about)
        similar[rows[is_other], columns[is_other]] = -1

    def _prototypical(self, vectors: Vectors, ties: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The rows nearest to their centroids."""
        near = np.zeros(len(vectors))
        for rows, distances in self._clusters(vectors):
            near[rows] = distances
        return np.lexsort((ties, near))[: int(self.prototypical_frac * len(vectors))]

    def _clusters(self, vectors: Vectors) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """The rows of each cluster, and their distances from its centroid."""
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.exceptions import ConvergenceWarning

        num_clusters = self.num_clusters or -(-len(vectors) // _CLUSTER_DOCUMENTS)
        if not len(vectors):
            return
        means = MiniBatchKMeans(min(num_clusters, len(vectors)), random_state=self.seed, batch_size=4096, n_init=3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different documents than clusters
            labels = means.fit_predict(vectors)
        distances = np.linalg.norm(vectors - means.cluster_centers_[labels], axis=1).round(6)
        order = np.argsort(labels, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
            yield rows, distances[rows]


def _is_other(pairs: NDArray[np.int64], about: About) -> NDArray[np.bool_]:
    """Whether the first document of each pair [n, 2] is about others than the second, which would stay in its place."""
    is_lost = about.is_lost(*pairs.T, max_stub_words=MAX_STUB_WORDS)
    return is_lost | about.is_other(pairs, max_conflict_frac=MAX_CONFLICT_FRAC, max_stub_words=MAX_STUB_WORDS)


def _hashed(words: ShardWords) -> Arrays:
    """The buckets of the different words of each text, how much each counts, and how many there are."""
    owners = np.repeat(np.arange(len(words.ends) - 1), np.diff(words.ends))
    pairs = np.stack([owners.astype(np.uint64), words.hashes % np.uint64(_NUM_BUCKETS)], axis=1)
    different, counts = np.unique(pairs, axis=0, return_counts=True)
    return {
        "buckets": different[:, 1].astype(np.int64),
        "values": np.log1p(counts).astype(np.float32),
        "num_different": np.bincount(different[:, 0].astype(np.int64), minlength=len(words.ends) - 1),
    }
