"""From single outcomes to tidy rows, and from two arms' outcomes to a paired comparison."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kgpt.records import Outcome, Result

NUM_RESAMPLES = 9_999
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the control on the same items.

    Args:
        arm: the arm.
        control: what it is compared with.
        task: the task.
        subset: the subset.
        metric: the metric.
        difference: mean of arm minus control over the items, each item's mean over the seeds.
        ci95: percentile bootstrap over items.
        p_value: two-sided, items' signs permuted.
        num_seeds: seeds that both arms have.
    """

    arm: str
    control: str
    task: str
    subset: str
    metric: str
    difference: float
    ci95: tuple[float, float]
    p_value: float
    num_seeds: int

    def as_json(self) -> dict[str, Any]:
        """A row of `comparisons`."""
        return asdict(self)


def summarize(outcomes: Iterable[Outcome]) -> list[Result]:
    """The mean of every task, subset and metric, with the number of items."""
    values: dict[_Key, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for subset in ("all", *outcome.subsets):
            values[outcome.task, subset, outcome.metric].append(outcome.value)
    return [Result(*key, value=float(np.mean(found)), n=len(found)) for key, found in values.items()]


def compare(
    arm: str,
    control: str,
    arm_outcomes: Sequence[Sequence[Outcome]],
    control_outcomes: Sequence[Sequence[Outcome]],
) -> list[Comparison]:
    """The arm against the control on every task, subset and metric; one sequence of outcomes a seed.

    Items are averaged over seeds first, so the test says whether the difference holds for other items; relations'
    own subsets are left out (too many tests for too few items).
    """
    num_seeds = min(len(arm_outcomes), len(control_outcomes))
    ours, theirs = _by_key(arm_outcomes[:num_seeds]), _by_key(control_outcomes[:num_seeds])
    rows = []
    for key in ours:
        items = sorted(ours[key].keys() & theirs.get(key, {}).keys())
        if not items or key[1].startswith("relation:"):
            continue
        differences = np.array([ours[key][item] - theirs[key][item] for item in items])
        rows.append(Comparison(arm, control, *key, *paired_test(differences), num_seeds))
    return rows


def paired_test(differences: NDArray[np.float64]) -> tuple[float, tuple[float, float], float]:
    """Mean, 95 % interval (percentile bootstrap) and two-sided p (sign permutation) of paired differences."""
    mean = float(differences.mean())
    if len(differences) < 2 or not differences.any():
        return mean, (mean, mean), 1.0
    rng = np.random.default_rng(0)
    interval = stats.bootstrap(
        (differences,), np.mean, n_resamples=NUM_RESAMPLES, method="percentile", batch=500, rng=rng
    ).confidence_interval
    test = stats.permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        n_resamples=NUM_RESAMPLES,
        batch=500,
        vectorized=True,
        rng=rng,
    )
    return mean, (float(interval.low), float(interval.high)), float(test.pvalue)


def paired_f1_test(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[float, tuple[float, float], float]:
    """Difference of two systems' micro F1, its 95 % interval (percentile bootstrap) and two-sided p (permutation).

    Documents are drawn, and swapped between the systems, whole: their links are not independent.

    Args:
        one: right, gold and found by document, [D, 3].
        other: the same of the other system.
    """
    counts, places = np.concatenate([one.reshape(-1, 3), other.reshape(-1, 3)]), np.arange(len(one))

    def difference(mine: NDArray[np.int64], theirs: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64]:
        return _micro_f1(counts[mine].sum(axis=axis - 1)) - _micro_f1(counts[theirs].sum(axis=axis - 1))

    found = float(difference(places, places + len(one)))
    if len(one) < 2 or (one == other).all():
        return found, (found, found), 1.0
    rng, samples = np.random.default_rng(0), (places, places + len(one))
    told: dict[str, Any] = {"n_resamples": NUM_RESAMPLES, "batch": 500, "vectorized": True}
    interval = stats.bootstrap(samples, difference, paired=True, method="percentile", rng=rng, **told)
    test = stats.permutation_test(samples, difference, permutation_type="samples", rng=rng, **told)
    low, high = interval.confidence_interval
    return found, (float(low), float(high)), float(test.pvalue)


def _micro_f1(totals: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of right, gold and found along the last axis; nothing to find and nothing found scores 1."""
    right, gold, found = np.moveaxis(totals, -1, 0)
    return np.where(gold + found > 0, 2 * right / np.maximum(gold + found, 1), 1.0)


def _by_key(seeds: Sequence[Sequence[Outcome]]) -> Mapping[_Key, Mapping[str, float]]:
    """Every item's mean over the seeds, by task, subset and metric."""
    values: dict[_Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for outcomes in seeds:
        for outcome in outcomes:
            for subset in ("all", *outcome.subsets):
                values[outcome.task, subset, outcome.metric][outcome.item].append(outcome.value)
    return {key: {item: float(np.mean(v)) for item, v in items.items()} for key, items in values.items()}
