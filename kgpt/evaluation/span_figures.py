"""Figures of classified spans: accuracy, micro and macro F1, the majority's, and what train and test share."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from kgpt.evaluation.linear_probe import MAJORITY, macro_f1
from kgpt.evaluation.span_classifier import Classified, SpanItem
from kgpt.records import Outcome, Result

NONE = "none"
"""The class of what is of no class: it counts in accuracy alone."""


def span_figures(found: Classified, *, task: str) -> list[Outcome | Result]:
    """Every test item's `accuracy` (in `relation:CLASS`), `micro_f1` and `macro_f1` of all classes but `none`.

    Beside it the subset `majority`, the commonest class of train; `overlap_frac`, in the subset of every kind that
    items hold, is the share of test items with one of it that train has; `unread_frac` that of items left out.
    """
    outcomes = [
        Outcome(task, item.id, "accuracy", float(said == item.label), (f"relation:{item.label}",), said)
        for item, said in zip(found.test, found.said, strict=True)
    ]
    figures = [one for one in class_figures(task, "all", found.test, found.said) if one.metric != "accuracy"]
    counts = Counter(item.label for item in found.train)
    commonest = min(counts, key=lambda one: (-counts[one], one))
    floor = class_figures(task, MAJORITY, found.test, [commonest] * len(found.test))
    num_items = len(found.train) + len(found.test) + found.num_unread
    unread = Result(task, "all", "unread_frac", found.num_unread / num_items, num_items)
    return [*outcomes, *figures, *floor, *_overlaps(task, found.train, found.test), unread]


def class_figures(task: str, subset: str, items: Sequence[SpanItem], said: Sequence[str]) -> list[Result]:
    """`accuracy`, `micro_f1`, `macro_f1`."""
    gold = [item.label for item in items]
    right = sum(one == other != NONE for one, other in zip(gold, said, strict=True))
    num_named = sum(one != NONE for one in (*gold, *said))
    values = {
        "accuracy": float(np.mean([one == other for one, other in zip(gold, said, strict=True)])),
        "micro_f1": 2 * right / max(num_named, 1),
        "macro_f1": macro_f1(np.array(gold), np.array(said), without=NONE),
    }
    return [Result(task, subset, metric, value, len(items)) for metric, value in values.items()]


def _overlaps(task: str, train: Sequence[SpanItem], test: Sequence[SpanItem]) -> list[Result]:
    seen = {held for item in train for held in item.holds}
    shares = {
        kind: float(np.mean([any(held in seen for held in item.holds if held[0] == kind) for item in test]))
        for kind in sorted({kind for item in test for kind, _ in item.holds})
    }
    return [Result(task, kind, "overlap_frac", share, len(test)) for kind, share in shares.items()]
