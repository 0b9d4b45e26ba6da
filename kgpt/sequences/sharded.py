"""Tokenised passages of one shard, with graph and vocabulary that are opened by path."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np

from kgpt.alignment.passages import parse_passage
from kgpt.atomic import atomic_file
from kgpt.engine import Counts, Shard
from kgpt.io import parse_object
from kgpt.kg import worker_graph_store
from kgpt.sequences.passage_store import PassageStore, build_passages, joined_passages
from kgpt.sequences.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True, slots=True)
class EncodeShard:
    """A task for `kgpt.engine`.

    Args:
        graph: folder of the graph store.
        tokenizer: folder of the vocabulary.
    """

    graph: Path
    tokenizer: Path

    def __call__(self, shard: Shard, out: Path) -> Counts:
        """Write the passages of `shard` as arrays to `out`; gives their number."""
        graph, vocabulary = worker_graph_store(self.graph), _vocabulary(self.tokenizer)
        passages = (parse_passage(parse_object(line, place=place)) for place, line in shard.lines())
        store = build_passages(passages, graph, vocabulary)
        with atomic_file(out) as file:
            np.savez(file, allow_pickle=False, **{field.name: getattr(store, field.name) for field in fields(store)})
        return {"passages": len(store)}


def join_stores(parts: Iterable[Path]) -> PassageStore:
    """The passages of all parts, one after the other."""
    stores = []
    for part in parts:
        with np.load(part, allow_pickle=False) as arrays:
            stores.append(PassageStore(**{field.name: arrays[field.name] for field in fields(PassageStore)}))
    return joined_passages(stores)


@lru_cache(maxsize=1)
def _vocabulary(folder: Path) -> Vocabulary:
    """A worker's vocabulary, opened once."""
    return load_vocabulary(str(folder))
