"""Documents chosen so that together they carry as much as they can: greedy weighted coverage within a budget.

Shapes: D documents, N facts of all of them together, F different facts.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Carried:
    """The facts of documents, by numbers from 0 to F - 1.

    Args:
        facts: of each document, one behind the other, [N].
        ends: where each document's begin, and the end, [D + 1].
        num_facts: F.
    """

    facts: NDArray[np.int64]
    ends: NDArray[np.int64]
    num_facts: int

    @classmethod
    def of(cls, facts: NDArray[np.uint64], lengths: NDArray[np.integer[Any]]) -> "Carried":
        """Facts by any numbers, a document's once each, and how many each document has."""
        different, numbers = np.unique(facts, return_inverse=True)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(numbers.astype(np.int64), ends, len(different))

    def covered_frac(self, is_chosen: Mask) -> float:
        """The share of the facts that any chosen document carries; 1 where there are none."""
        owners = np.repeat(is_chosen, np.diff(self.ends))
        return len(np.unique(self.facts[owners])) / self.num_facts if self.num_facts else 1.0


def choose(carried: Carried, costs: NDArray[np.int64], order: NDArray[np.int64], *, budget: int, fall: float) -> Mask:
    """Which documents are chosen, [D]: at each turn the one that adds most, as long as it fits.

    A fact weighs 1 over the documents that carry it in the whole corpus, so rare ones come first, and `fall` times less
    with every chosen document that carries it. That is submodular: lazily looking a gain up again gives the very choice
    of looking all up at each turn (Minoux, 1978), within 1 - 1/e of the best where all cost alike (Nemhauser et al.,
    1978). Where they do not, gains are divided by costs. When nothing adds anything, the first in `order` follow.

    Args:
        carried: the facts.
        costs: of each document, at least 1, [D].
        order: ties are broken by it: the documents from first to last, [D].
        budget: what they may cost together.
        fall: in [0, 1).
    """
    counts = np.bincount(carried.facts, minlength=carried.num_facts)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return _choose(carried.facts, carried.ends, 1 / np.maximum(counts, 1), costs, order, place, budget, fall)


@compiled
def _choose(
    facts: NDArray[np.int64],
    ends: NDArray[np.int64],
    weights: NDArray[np.float64],
    costs: NDArray[np.int64],
    order: NDArray[np.int64],
    place: NDArray[np.int64],
    budget: int,
    fall: float,
) -> Mask:
    num_documents = len(ends) - 1
    is_chosen = np.zeros(num_documents, np.bool_)
    gains = np.zeros(num_documents, np.float64)
    for document in range(num_documents):
        for at in range(ends[document], ends[document + 1]):
            gains[document] += weights[facts[at]]
        gains[document] /= costs[document]
    # a heap of documents, the one with the largest gain on top, then the first in order
    heap = order.copy()
    size = num_documents
    for root in range(size // 2 - 1, -1, -1):
        _sink(heap, size, root, gains, place)
    while size > 0 and budget > 0:
        top = heap[0]
        gain = 0.0
        for at in range(ends[top], ends[top + 1]):
            gain += weights[facts[at]]
        gain /= costs[top]
        if gain < gains[top]:  # an old figure: look where it stands now
            gains[top] = gain
            _sink(heap, size, 0, gains, place)
            continue
        size -= 1
        heap[0] = heap[size]
        _sink(heap, size, 0, gains, place)
        if costs[top] > budget:
            continue
        budget -= costs[top]
        is_chosen[top] = True
        for at in range(ends[top], ends[top + 1]):
            weights[facts[at]] *= fall
    return is_chosen


@compiled
def _sink(heap: NDArray[np.int64], size: int, root: int, gains: NDArray[np.float64], place: NDArray[np.int64]) -> None:
    while True:
        best = root
        for child in (2 * root + 1, 2 * root + 2):
            if child < size:
                a, b = heap[child], heap[best]
                if gains[a] > gains[b] or (gains[a] == gains[b] and place[a] < place[b]):
                    best = child
        if best == root:
            return
        heap[root], heap[best] = heap[best], heap[root]
        root = best
