"""Ranks and what is made of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def rank(scores: Sequence[float] | NDArray[np.floating[Any]], truth: int) -> float:
    """Rank of `scores[truth]`, 1 is best; ties count half.

    A model that scores everything alike gets a coin toss's rank, not the first place (Berrendorf et al., 2020).

    >>> rank([0.5, 0.5, 0.5], truth=1)
    2.0
    """
    values = np.asarray(scores, float)
    higher = int((values > values[truth]).sum())
    ties = int((values == values[truth]).sum()) - 1
    return 1 + higher + ties / 2


def rank_metrics(place: float) -> dict[str, float]:
    """`p_at_1`, `mrr` and `hits_at_10` of one rank."""
    return {"p_at_1": float(place <= 1), "mrr": 1 / place, "hits_at_10": float(place <= 10)}
