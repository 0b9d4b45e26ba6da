"""Documents that stand for one another: which one of a cluster stays, and what is told of it.

The document that stays is of the source named first in the step's `priority`, else has more linked entities, else
(near duplicates) names more, else is longer, else has the smallest id: nothing of this depends on the order of
documents or shards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.base import Arrays, Rule
from kgpt.corpus.facts import linked_entities
from kgpt.kg.heap import TextHeap
from kgpt.records import Document, Dropped, Metadata

CLUSTER = "cluster"
"""The field of `Metadata.extra` that says how many documents one stands for, `{"id", "size", "step"}`."""

_MAX_MEMBERS = 2**32


@dataclass(frozen=True, slots=True)
class Duplicate(Dropped):
    """A document left out because another one stays in its place.

    Args:
        of: the id of that one.
    """

    of: str = ""


def standing(
    documents: Sequence[Document], priority: Sequence[str], *, num_names: NDArray[np.int64] | None = None
) -> Arrays:
    """What decides which document of a cluster stays, for a sketch; `num_names` decides behind the linked entities."""
    places = {source: place for place, source in enumerate(priority)}
    ids = TextHeap.of(document.id for document in documents)
    return {
        "priority": np.array([places.get(one.metadata.source, len(places)) for one in documents], np.int32),
        "num_entities": np.array([len(linked_entities(one)) for one in documents], np.int32),
        "num_names_told": np.zeros(len(documents), np.int64) if num_names is None else num_names,
        "num_chars": np.array([len(one.text) for one in documents], np.int64),
        "num_members": np.array([num_members(one.metadata) for one in documents], np.int64),
        "id_content": ids.content,
        "id_bytes": np.diff(ids.offsets),
    }


def keepers(sketches: Arrays, labels: NDArray[np.integer[Any]]) -> Arrays:
    """The decision that keeps one document of each cluster.

    Args:
        sketches: with what `standing` told.
        labels: the cluster of each document, [D]; those of one cluster have one number.
    """
    keeper = best_of(sketches, labels)
    chosen = np.unique(keeper[keeper != np.arange(len(keeper))])
    named = _ids(sketches).take(chosen)
    sizes = np.zeros(len(labels), np.int64)
    np.add.at(sizes, keeper, sketches["num_members"])
    name = np.full(len(labels), -1, np.int64)
    name[np.isin(keeper, chosen)] = np.searchsorted(chosen, keeper[np.isin(keeper, chosen)])
    is_keeper = keeper == np.arange(len(keeper))
    return {
        "is_keeper": is_keeper,
        "name": name,
        "size": sizes,
        "id_content": named.content,
        "id_offsets": named.offsets,
    }


def best_of(
    sketches: Arrays, labels: NDArray[np.integer[Any]], *, rows: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """The row of the document that stays in the place of each, [n]; its own where it is alone in its cluster.

    Args:
        sketches: with what `standing` told.
        labels: the cluster of each document, [n].
        rows: the documents [n] that are asked about; None: all.
    """
    _, labels, counts = np.unique(labels, return_inverse=True, return_counts=True)
    found = np.arange(len(labels)) if rows is None else rows.copy()
    joined = np.flatnonzero(counts[labels] > 1)
    whole = found[joined]
    ids = _ids(sketches).take(whole)
    by_id = np.empty(len(joined), np.int64)
    by_id[sorted(range(len(joined)), key=ids.__getitem__)] = np.arange(len(joined))
    told = (sketches[name][whole] for name in ("num_chars", "num_names_told", "num_entities"))
    order = np.lexsort((by_id, *(-one for one in told), sketches["priority"][whole], labels[joined]))
    starts = is_first(labels[joined][order], in_order=True)
    if len(order):
        found[joined[order]] = whole[order[np.flatnonzero(starts)[np.cumsum(starts) - 1]]]
    return found


def keeper_rule(decision: Arrays, *, step: str, reason: str) -> Rule:
    """Keep the one document of each cluster, told how many it stands for; the others go, told in whose place."""
    ids = TextHeap(decision["id_content"], decision["id_offsets"])

    def apply(document: Document, row: int) -> Document | Dropped:
        if not decision["is_keeper"][row]:
            return Duplicate(document.id, reason, of=ids[int(decision["name"][row])])
        if decision["name"][row] < 0:
            return document
        told = {"id": document.id, "size": int(decision["size"][row]), "step": step}
        return replace(document, metadata=replace(document.metadata, extra={**document.metadata.extra, CLUSTER: told}))

    return apply


def is_first(keys: NDArray[Any], *, in_order: bool = False) -> NDArray[np.bool_]:
    """Whether each key stands there for the first time; `in_order` where equal ones stand together.

    >>> is_first(np.array([3, 1, 3])).tolist()
    [True, True, False]
    """
    found = np.zeros(len(keys), bool)
    if in_order:
        found[:1], found[1:] = True, keys[1:] != keys[:-1]
    else:
        found[np.unique(keys, return_index=True)[1]] = True
    return found


def _ids(sketches: Arrays) -> TextHeap:
    offsets = np.concatenate([[0], np.cumsum(sketches["id_bytes"])]).astype(np.uint64)
    return TextHeap(sketches["id_content"], offsets)


def num_members(metadata: Metadata) -> int:
    """How many documents one stands for already: itself alone, where its metadata say nothing that curation says."""
    told = metadata.extra.get(CLUSTER)
    size = told.get("size") if isinstance(told, dict) else None
    return size if isinstance(size, int) and 1 <= size < _MAX_MEMBERS else 1
