"""Tokenised passages on disk: flat memory-mapped arrays, the same for every recipe, nothing dense.

A passage is its word ids, its anchors (token spans with their entity) and the triples aligned to it. Masks,
neighbours and corruptions are made when a sequence is drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.slices import SLICE
from kgpt.errors import StoreError
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.heap import TextHeap
from kgpt.records import AlignedPassage, Link
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph.building import Anchor

UNKNOWN_SLICE = "unknown"
"""The slice of passages that do not say where they come from."""


@dataclass(frozen=True, eq=False)
class PassageStore:
    """Passages by number; P passages, N words, A anchors, T aligned triples in all.

    Args:
        words: word ids of all passages, one after the other, [N].
        word_indptr: where each passage's words begin, [P + 1].
        anchors: token start, token end, entity, [A, 3].
        anchor_scores: confidence of each anchor's link, [A].
        anchor_indptr: where each passage's anchors begin, [P + 1].
        triples: head, relation, tail by number, [T, 3].
        triple_indptr: where each passage's triples begin, [P + 1].
        id_content: UTF-8 bytes of the passages' ids.
        id_offsets: where each id begins, [P + 1].
        slice_numbers: the slice of each passage, [P].
        slice_content: UTF-8 bytes of the slices' names, which are sorted.
        slice_offsets: where each name begins.
    """

    words: NDArray[Any]
    word_indptr: NDArray[np.int64]
    anchors: NDArray[np.int32]
    anchor_scores: NDArray[np.float16]
    anchor_indptr: NDArray[np.int64]
    triples: NDArray[np.int32]
    triple_indptr: NDArray[np.int64]
    id_content: NDArray[np.uint8]
    id_offsets: NDArray[np.uint64]
    slice_numbers: NDArray[np.uint16]
    slice_content: NDArray[np.uint8]
    slice_offsets: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.word_indptr) - 1

    @cached_property
    def ids(self) -> TextHeap:
        """The passages' ids."""
        return TextHeap(self.id_content, self.id_offsets)

    @cached_property
    def slices(self) -> tuple[str, ...]:
        """The names of the slices (the sources that passages come from, or what `slice_by` called them), sorted."""
        return tuple(TextHeap(self.slice_content, self.slice_offsets))

    def word_ids(self, number: int) -> NDArray[np.int64]:
        """The word ids of one passage, without special words."""
        return self.words[self.word_indptr[number] : self.word_indptr[number + 1]].astype(np.int64)

    def anchors_of(self, number: int) -> list[Anchor]:
        """The anchors of one passage in reading order."""
        rows = self.anchors[self.anchor_indptr[number] : self.anchor_indptr[number + 1]]
        return [Anchor(start, end, entity) for start, end, entity in rows.tolist()]

    def triples_of(self, number: int) -> NDArray[np.int32]:
        """The triples aligned to one passage, [n, 3]."""
        return self.triples[self.triple_indptr[number] : self.triple_indptr[number + 1]]


def build_passages(passages: Iterable[AlignedPassage], graph: KnowledgeGraph, vocabulary: Vocabulary) -> PassageStore:
    """The store of `passages`."""
    words, anchors, scores, triples, ids, sources = [], [], [], [], [], list[str]()
    for passage in passages:
        word_ids, offsets = vocabulary.encode_with_offsets(passage.text)
        rows = [(*_token_span(link, offsets), graph.entity(link.entity)) for link in passage.links]
        words.append(word_ids)
        anchors.append(np.array(rows, np.int32).reshape(-1, 3))
        scores.append(np.array([link.score for link in passage.links], np.float16))
        found = [graph.numbers(item.triple) for item in passage.alignments]
        triples.append(np.array([row for row in found if row is not None], np.int32).reshape(-1, 3))
        ids.append(passage.id)
        sources.append(str(passage.metadata.extra.get(SLICE) or passage.metadata.source or UNKNOWN_SLICE))
    heap, slices = TextHeap.of(ids), sorted(set(sources))
    named = TextHeap.of(slices)
    narrow = np.uint16 if vocabulary.size <= np.iinfo(np.uint16).max else np.uint32
    return PassageStore(
        words=_flat(words, np.int64).astype(narrow),
        word_indptr=_indptr(words),
        anchors=_flat(anchors, np.int32).reshape(-1, 3),
        anchor_scores=_flat(scores, np.float16),
        anchor_indptr=_indptr(anchors),
        triples=_flat(triples, np.int32).reshape(-1, 3),
        triple_indptr=_indptr(triples),
        id_content=heap.content,
        id_offsets=heap.offsets,
        slice_numbers=np.array([slices.index(one) for one in sources], np.uint16),
        slice_content=named.content,
        slice_offsets=named.offsets,
    )


def joined_passages(stores: Sequence[PassageStore]) -> PassageStore:
    """The passages of all stores, one after the other; at least one store."""

    def flat(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(store, name) for store in stores])

    def shifted(name: str) -> NDArray[Any]:
        ends = np.cumsum([0, *(int(getattr(store, name)[-1]) for store in stores[:-1])])
        parts = [
            getattr(store, name)[1:] + end.astype(getattr(store, name).dtype)
            for store, end in zip(stores, ends, strict=True)
        ]
        return np.concatenate([getattr(stores[0], name)[:1], *parts])

    offsets = {"word_indptr", "anchor_indptr", "triple_indptr", "id_offsets"}
    told = _joined_slices(stores)
    names = [field.name for field in fields(PassageStore) if field.name not in told]
    return PassageStore(**told, **{name: (shifted if name in offsets else flat)(name) for name in names})


def _joined_slices(stores: Sequence[PassageStore]) -> dict[str, NDArray[Any]]:
    """The stores' slices under one numbering."""
    names = sorted({name for store in stores for name in store.slices})
    numbers = [np.array([names.index(name) for name in store.slices], np.uint16) for store in stores]
    heap = TextHeap.of(names)
    return {
        "slice_numbers": np.concatenate([own[store.slice_numbers] for own, store in zip(numbers, stores, strict=True)]),
        "slice_content": heap.content,
        "slice_offsets": heap.offsets,
    }


def write_passage_store(store: PassageStore, folder: Path) -> None:
    """Write the arrays into an existing folder."""
    for field in fields(store):
        np.save(folder / f"{field.name}.npy", getattr(store, field.name), allow_pickle=False)


def open_passage_store(folder: Path) -> PassageStore:
    """The store in `folder`, memory-mapped.

    Raises:
        StoreError: an array is missing or corrupt.
    """
    paths = {field.name: folder / f"{field.name}.npy" for field in fields(PassageStore)}
    try:
        return PassageStore(**{n: np.load(p, mmap_mode="r", allow_pickle=False) for n, p in paths.items()})
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder}: no whole passage store ({error}); run the stage again") from error


def _token_span(link: Link, offsets: NDArray[np.int64]) -> tuple[int, int]:
    """The tokens `[start, end)` that share a character with the link."""
    start = int(np.searchsorted(offsets[:, 1], link.start, side="right"))
    return start, max(start + 1, int(np.searchsorted(offsets[:, 0], link.end, side="left")))


def _flat(parts: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


def _indptr(parts: list[NDArray[Any]]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([len(part) for part in parts], dtype=np.int64)]).astype(np.int64)
