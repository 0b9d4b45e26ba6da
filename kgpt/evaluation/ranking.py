"""Ranks and what is made of them.

Shapes: B rows (queries), E what is ranked in each (entities), P pairs of a row and a column that do not count.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

RankKind = Literal["realistic", "optimistic", "pessimistic"]
"""Where ties stand: half of them before the truth, none, or all (Berrendorf et al., 2020)."""


class Filtered(NamedTuple):
    """Places of a score matrix that do not count (other right answers), each pair once: rows [P], columns [P]."""

    rows: NDArray[np.integer[Any]]
    columns: NDArray[np.integer[Any]]


def rank(scores: Sequence[float] | NDArray[np.floating[Any]], truth: int) -> float:
    """Rank of `scores[truth]`, 1 is best; ties count half.

    A model that scores everything alike gets a coin toss's rank, not the first place (Berrendorf et al., 2020).

    >>> rank([0.5, 0.5, 0.5], truth=1)
    2.0
    """
    return float(standing(np.asarray(scores, float)[None], np.array([truth])).ranks()[0])


class Standing(NamedTuple):
    """How many count more than each row's truth [B], and how many others as much [B]."""

    higher: NDArray[np.int64]
    ties: NDArray[np.int64]

    def ranks(self, kind: RankKind = "realistic") -> NDArray[np.float64]:
        """The ranks, 1 is best, [B]."""
        share = {"realistic": 0.5, "optimistic": 0.0, "pessimistic": 1.0}[kind]
        return cast(NDArray[np.float64], 1 + self.higher + share * self.ties)


def standing(
    scores_BE: NDArray[np.floating[Any]], truths_B: NDArray[np.integer[Any]], *, filtered: Filtered | None = None
) -> Standing:
    """Where each row's truth stands; a score that is no number counts as the lowest.

    Args:
        scores_BE: the higher the better.
        truths_B: the right column of every row.
        filtered: what does not count; a truth among it counts all the same.
    """
    if np.isnan(scores_BE).any():
        scores_BE = np.where(np.isnan(scores_BE), -np.inf, scores_BE)
    own_B1 = scores_BE[np.arange(len(truths_B)), truths_B][:, None]
    higher = np.count_nonzero(scores_BE > own_B1, axis=1)
    ties = np.count_nonzero(scores_BE == own_B1, axis=1) - 1
    if filtered is not None:
        is_other = filtered.columns != truths_B[filtered.rows]
        rows, columns = filtered.rows[is_other], filtered.columns[is_other]
        values, own = scores_BE[rows, columns], own_B1[rows, 0]
        higher = higher - np.bincount(rows[values > own], minlength=len(truths_B))
        ties = ties - np.bincount(rows[values == own], minlength=len(truths_B))
    return Standing(np.asarray(higher, np.int64), np.asarray(ties, np.int64))


def rank_among_found(scores: Mapping[int, float], truth: int, *, others: Collection[int], num_entities: int) -> float:
    """The filtered, realistic rank of `truth` where only some entities have a score; the rest tie behind them.

    >>> rank_among_found({3: -1.0, 5: -2.0}, 5, others=[3], num_entities=10)
    1.0
    >>> rank_among_found({3: -1.0}, 5, others=[], num_entities=4)
    3.0
    """
    wrong = [score for entity, score in scores.items() if entity != truth and entity not in others]
    if truth in scores:
        return rank([scores[truth], *wrong], truth=0)
    num_unfound = num_entities - 1 - len(wrong) - len(set(others))
    return 1 + len(wrong) + num_unfound / 2


def rank_metrics(place: float) -> dict[str, float]:
    """`p_at_1`, `mrr` and `hits_at_10` of one rank."""
    return {"p_at_1": float(place <= 1), "mrr": 1 / place, "hits_at_10": float(place <= 10)}


def link_metrics(place: float) -> dict[str, float]:
    """What link prediction makes of one rank: `mean_rank`, `mrr`, `hits_at_1`, `hits_at_3` and `hits_at_10`."""
    return {"mean_rank": place, "mrr": 1 / place} | {f"hits_at_{k}": float(place <= k) for k in (1, 3, 10)}
