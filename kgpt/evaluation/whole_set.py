"""Figures of whole sets for what is no share: ranks and bits lie beyond [0, 1], so no item's outcome holds them."""

from collections.abc import Collection, Sequence

from kgpt.evaluation.summary import summarize
from kgpt.evaluation.task import Measured
from kgpt.records import Outcome, Result


def by_subset(outcomes: Sequence[Outcome], metrics: Collection[str]) -> Measured:
    """The outcomes, those of `metrics` as their means over all items and over every subset."""
    return [
        *(one for one in outcomes if one.metric not in metrics),
        *summarize(one for one in outcomes if one.metric in metrics),
    ]


def told_apart(outcomes: Sequence[Outcome], subset: str) -> list[Result]:
    """The means over all items under the name of a floor's or a control's subset."""
    return [
        Result(one.task, subset, one.metric, one.value, one.n) for one in summarize(outcomes) if one.subset == "all"
    ]
