"""The titles of a graph's entities, in the form that `kgpt.sources` reads for Wikipedia dumps (`titles=PATH`)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kgpt.atomic import atomic_file
from kgpt.kg.graph import KnowledgeGraph, Names
from kgpt.kg.heap import hash_spans

_BREAKS = str.maketrans("\t\n\r", "   ")


def export_titles(graph: KnowledgeGraph, path: Path, *, language: str = "") -> int:
    """Write `title<TAB>id` lines, whole or not at all; gives their number.

    The titles are those of the articles (sitelinks) in `language`, the graph's main one where it is empty. A graph
    without any gives the labels that no two entities share: most titles of articles are such labels.
    """
    names = graph.names_in(language)
    texts = names.titles if len(names.titles.content) else names.labels
    with atomic_file(path) as file:
        count = 0
        for identifier, text in _unshared(names, texts is names.titles):
            file.write(f"{text.translate(_BREAKS)}\t{identifier}\n".encode())
            count += 1
    return count


def _unshared(names: Names, are_titles: bool) -> Iterator[tuple[str, str]]:
    heap = names.titles if are_titles else names.labels
    lengths = np.diff(heap.offsets).astype(np.int64)
    hashes = hash_spans(heap.content, heap.offsets[:-1].astype(np.int64), lengths)
    _, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    kept = (lengths > 0) & (counts[places.reshape(-1)] == 1 if not are_titles else True)
    rows = zip(names.ids, heap, kept.tolist(), strict=True)
    return ((identifier, text) for identifier, text, stays in rows if stays)
