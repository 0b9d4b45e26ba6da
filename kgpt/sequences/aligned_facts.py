"""The facts of passages as a training graph has them: what is held out of the graph is told in no passage's facts."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.truth import rows_of
from kgpt.sequences.passage_store import PassageStore


@dataclass(frozen=True, eq=False)
class AlignedFacts:
    """The triples aligned to passages, those alone that the graph holds.

    The control's graph, whose tails are shuffled, holds hardly any of them. With `is_shuffled` every triple is told
    with the graph's own tail for its head and relation, so that the control learns as much, and wrong.

    Args:
        passages: aligned with the graph, or with the one it was shuffled from.
        graph: what may be told.
        is_shuffled: the graph is not the one that the passages were aligned with.
        rows: head, relation, tail of the facts, int32 [F, 3].
        indptr: where each passage's facts begin, [P + 1].
        num_left_out: aligned triples that the graph has not.
    """

    passages: PassageStore
    graph: KnowledgeGraph
    is_shuffled: bool = False
    rows: NDArray[np.int32] = field(init=False)
    indptr: NDArray[np.int64] = field(init=False)
    num_left_out: int = field(init=False)

    def __post_init__(self) -> None:
        rows = np.array(self.passages.triples).reshape(-1, 3)
        if self.is_shuffled:
            rows, known = _with_own_tails(rows, self.graph)
        else:
            known = rows_of(self.graph, rows) >= 0
        ends = np.concatenate([[0], np.cumsum(known)])[self.passages.triple_indptr]
        object.__setattr__(self, "rows", rows[known])
        object.__setattr__(self, "indptr", ends.astype(np.int64))
        object.__setattr__(self, "num_left_out", int((~known).sum()))

    def of(self, passage: int) -> list[list[int]]:
        """The facts of one passage."""
        found: list[list[int]] = self.rows[self.indptr[passage] : self.indptr[passage + 1]].tolist()
        return found

    @property
    def owners(self) -> NDArray[np.int64]:
        """The passage of every fact, [F]."""
        return np.repeat(np.arange(len(self.passages)), np.diff(self.indptr))


def _with_own_tails(rows: NDArray[np.int32], graph: KnowledgeGraph) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    out, known = rows.copy(), np.zeros(len(rows), bool)
    for place, (head, relation, _) in enumerate(rows.tolist()):
        tails = graph.tails(head, relation)
        if len(tails):
            out[place, 2], known[place] = tails[0], True
    return out, known
