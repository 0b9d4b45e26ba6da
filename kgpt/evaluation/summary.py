"""From single outcomes to tidy rows, and from two arms' outcomes to a paired comparison."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kgpt.evaluation.significance import effect_size, holm, sign_flip_p
from kgpt.records import Outcome, Result

NUM_RESAMPLES = 9_999
HEADLINES = (
    ("qa", "graph_only", "exact_match"),
    ("qa", "stated_in_text", "exact_match"),
    ("qa", "all", "exact_match"),
    ("qa", "hop_1", "exact_match"),
    ("qa", "hop_2", "exact_match"),
    ("qa", "hop_3", "exact_match"),
    ("coverage", "graph_only", "exact_match"),
    ("coverage", "all", "exact_match"),
    ("cloze", "seen", "p_at_1"),
    ("cloze", "held_out", "p_at_1"),
    ("graph_completion", "seen", "p_at_1"),
)
"""Task, subset and metric of what a run is judged by, declared before any run: the headline family of its tests."""

Family = Literal["headline", "exploratory"]
_UNPAIRED = ("relation:", "exposures_")
_Key = tuple[str, str, str]
_ByKey = Mapping[_Key, Mapping[str, float]]


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
        p_value: two-sided, items' signs permuted; of this one test.
        num_seeds: seeds that both arms have.
        num_items: items that both arms answered.
        effect_size: Cohen's d_z over the items; None where it is not defined.
        seed_differences: the difference within each seed.
        family: which tests it was corrected with.
        p_adjusted: `p_value` corrected for the tests of the family (Holm, 1979).
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
    num_items: int
    effect_size: float | None
    seed_differences: tuple[float, ...]
    family: Family
    p_adjusted: float

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

    Items are averaged over seeds first, so the test says whether the difference holds for other items. Left out are
    relations' own subsets (too many tests for too few items) and those by exposures, which are other items in each arm.
    """
    num_seeds = min(len(arm_outcomes), len(control_outcomes))
    ours, theirs = arm_outcomes[:num_seeds], control_outcomes[:num_seeds]
    by_seed = [(_by_key([one]), _by_key([other])) for one, other in zip(ours, theirs, strict=True)]
    mine, other = _by_key(ours), _by_key(theirs)
    rows = []
    for key in mine:
        differences = _differences(mine, other, key)
        if not len(differences) or key[1].startswith(_UNPAIRED):
            continue
        difference, interval, p_value = paired_test(differences)
        within = [found for pair in by_seed if len(found := _differences(*pair, key))]
        rows.append(
            Comparison(
                arm,
                control,
                *key,
                difference=difference,
                ci95=interval,
                p_value=p_value,
                num_seeds=num_seeds,
                num_items=len(differences),
                effect_size=effect_size(differences),
                seed_differences=tuple(float(found.mean()) for found in within),
                family="headline" if key in HEADLINES else "exploratory",
                p_adjusted=p_value,
            )
        )
    return rows


def adjust(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """All comparisons of a run with `p_adjusted` set: Holm's correction over the tests of each family.

    The headline family is every pair of arms in the measures of `HEADLINES`, all pairs together: a run makes one claim,
    that some arm knows more than another. All other tests are exploratory and corrected with each other.
    """
    adjusted = list(comparisons)
    for family in ("headline", "exploratory"):
        places = [place for place, row in enumerate(comparisons) if row.family == family]
        found = holm([comparisons[place].p_value for place in places])
        for place, p_value in zip(places, found, strict=True):
            adjusted[place] = replace(comparisons[place], p_adjusted=p_value)
    return adjusted


def paired_test(differences: NDArray[np.float64]) -> tuple[float, tuple[float, float], float]:
    """Mean, 95 % interval (percentile bootstrap) and two-sided p (sign permutation) of paired differences."""
    mean = float(differences.mean())
    if len(differences) < 2 or not differences.any():
        return mean, (mean, mean), 1.0
    rng = np.random.default_rng(0)
    interval = stats.bootstrap(
        (differences,), np.mean, n_resamples=NUM_RESAMPLES, method="percentile", batch=500, rng=rng
    ).confidence_interval
    return mean, (float(interval.low), float(interval.high)), sign_flip_p(differences)


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


def _differences(ours: _ByKey, theirs: _ByKey, key: _Key) -> NDArray[np.float64]:
    """Of every item that both have, ours minus theirs, in the items' order."""
    items = sorted(ours.get(key, {}).keys() & theirs.get(key, {}).keys())
    return np.array([ours[key][item] - theirs[key][item] for item in items])


def _by_key(seeds: Sequence[Sequence[Outcome]]) -> _ByKey:
    """Every item's mean over the seeds, by task, subset and metric."""
    values: dict[_Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for outcomes in seeds:
        for outcome in outcomes:
            for subset in ("all", *outcome.subsets):
                values[outcome.task, subset, outcome.metric][outcome.item].append(outcome.value)
    return {key: {item: float(np.mean(v)) for item, v in items.items()} for key, items in values.items()}
