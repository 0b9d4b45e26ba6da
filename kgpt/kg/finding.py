"""Which entity somebody means who gives its id or its label."""

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import DataError, UnknownEntityError
from kgpt.kernel import compiled
from kgpt.kg.graph import KnowledgeGraph, Names
from kgpt.kg.heap import TextHeap

_MAX_TOLD = 8


def find_entity(graph: KnowledgeGraph, text: str) -> int:
    """The number of the entity whose id is `text`, or else whose label it is, in any language and letter for letter.

    Raises:
        UnknownEntityError: neither.
        DataError: several entities bear the label; the message lists them.
    """
    if (number := graph.entities.ids.find(text)) is not None:
        return number
    found = np.unique(np.concatenate([places_of(names.labels, text) for names in _all_names(graph)]))
    if not text or not len(found):
        raise UnknownEntityError(
            f"entity {text!r} is not in the graph, neither as an id nor as a label ({graph.num_entities:,} entities, "
            f"ids like {graph.entities.ids[0] if graph.num_entities else '-'!r})"
        )
    if len(found) > 1:
        most = sorted(found.tolist(), key=lambda one: -int(graph.degrees[one]))
        told = [f"{graph.entities.ids[one]} ({_about(graph, one)})" for one in most[:_MAX_TOLD]]
        more = f" and {len(most) - _MAX_TOLD:,} more" if len(most) > _MAX_TOLD else ""
        raise DataError(f"{text!r} is the label of {len(most):,} entities: {', '.join(told)}{more}; give the id")
    return int(found[0])


def places_of(heap: TextHeap, text: str) -> NDArray[np.int64]:
    """Where `text` stands in a heap in no order, all places."""
    return _places(heap.content, heap.offsets, np.frombuffer(text.encode("utf-8", "replace"), np.uint8))


def _all_names(graph: KnowledgeGraph) -> list[Names]:
    return [graph.entities, *graph.translations.values()]


def _about(graph: KnowledgeGraph, entity: int) -> str:
    return graph.entities.descriptions[entity] or f"triples: {int(graph.degrees[entity]):,}"


@compiled
def _places(content: NDArray[np.uint8], offsets: NDArray[np.uint64], text: NDArray[np.uint8]) -> NDArray[np.int64]:
    found = np.zeros(len(offsets) - 1, np.bool_)
    for i in range(len(offsets) - 1):
        start = np.int64(offsets[i])
        if np.int64(offsets[i + 1]) - start != len(text):
            continue
        same = True
        for j in range(len(text)):
            if content[start + j] != text[j]:
                same = False
                break
        found[i] = same
    return np.flatnonzero(found)
