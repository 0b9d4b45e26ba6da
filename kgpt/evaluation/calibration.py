"""Whether a model knows what it knows: its probabilities against what is right, and what it says when it may abstain.

In: outcomes with a `probability`. Out: figures by subset, and the points of their plots. An answer is given where the
probability reaches a threshold; the threshold of an item is chosen on other items (cross-fitting).

Shapes: N items.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.randomness import stable_hash
from kgpt.records import Outcome, Result

METRIC = "exact_match"
NUM_FOLDS = 5
MAX_BINS = 10
MIN_BIN_ITEMS = 10

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same probability: its mean, the share that is right, how many."""

    probability: float
    right: float
    count: int


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """The answers of one model to the items of one task.

    Args:
        outcomes: one an item, each with a probability.
        probability: of each answer, [N].
        right: whether each is right, [N].
        given: whether each is given rather than abstained from, [N].
    """

    outcomes: tuple[Outcome, ...]
    probability: _Floats
    right: _Floats
    given: NDArray[np.bool_]


def scored_answers(outcomes: Sequence[Outcome], task: str) -> Answers | None:
    """A task's answers, given or abstained from by `cross_fitted`; None where no outcome has a probability."""
    found = tuple(o for o in outcomes if (o.task, o.metric) == (task, METRIC) and o.probability is not None)
    if not found:
        return None
    probability = np.array([one.probability for one in found], np.float64)
    right = np.array([one.value for one in found], np.float64)
    return Answers(found, probability, right, cross_fitted(probability, right, [one.item for one in found]))


def calibration_results(
    answers: Answers, contradicted: Collection[str] = (), *, checkable: Collection[str] = ()
) -> list[Result]:
    """`ece`, `brier`, `aurc`, `right_frac`, `wrong_frac`, `abstained_frac`, `contradicted_frac` of every subset.

    Subsets of single relations are left out. `contradicted_frac` is a share of the answers given to checkable items.

    Args:
        answers: of one model in one task.
        contradicted: items whose answer the graph contradicts.
        checkable: items whose fact the graph holds; none leaves `contradicted_frac` out.
    """
    return [
        Result(answers.outcomes[0].task, subset, metric, value, n)
        for subset, places in _subsets(answers.outcomes).items()
        for metric, value, n in _figures(answers, places, contradicted, checkable)
    ]


def _figures(
    answers: Answers, places: NDArray[np.int64], contradicted: Collection[str], checkable: Collection[str]
) -> Iterator[tuple[str, float, int]]:
    probability, right, given = answers.probability[places], answers.right[places], answers.given[places]
    n = len(places)
    yield "ece", expected_calibration_error(probability, right), n
    yield "brier", float(((probability - right) ** 2).mean()), n
    yield "aurc", float(selective_risks(probability, right).mean()), n
    yield "right_frac", float((right * given).mean()), n
    yield "wrong_frac", float(((1 - right) * given).mean()), n
    yield "abstained_frac", float(1 - given.mean()), n
    confident = [answers.outcomes[place].item for place in places[given]]
    if checked := [item for item in confident if item in checkable]:
        yield "contradicted_frac", sum(item in contradicted for item in checked) / len(checked), len(checked)


def _subsets(outcomes: Sequence[Outcome]) -> Mapping[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, outcome in enumerate(outcomes):
        for subset in ("all", *outcome.subsets):
            if not subset.startswith("relation:"):
                found[subset].append(place)
    return {subset: np.array(places) for subset, places in found.items()}


def calibration_bins(probability: _Floats, right: _Floats) -> list[Bin]:
    """Bins of equally many items by rising probability, at most ten, of at least ten items where there are so many.

    Of equal mass, not of equal width: most answers of a small model have nearly the same probability (Nixon et al.,
    2019, "adaptive calibration error").
    """
    num_bins = int(np.clip(len(probability) // MIN_BIN_ITEMS, 1, MAX_BINS))
    order = np.argsort(probability, kind="stable")
    return [
        Bin(float(probability[part].mean()), float(right[part].mean()), len(part))
        for part in np.array_split(order, num_bins)
        if len(part)
    ]


def expected_calibration_error(probability: _Floats, right: _Floats) -> float:
    """Mean distance of probability and share right over `calibration_bins` (Naeini et al., 2015; Guo et al., 2017).

    >>> expected_calibration_error(np.array([0.9, 0.9]), np.array([1.0, 0.0]))
    0.4
    """
    bins = calibration_bins(probability, right)
    return sum(one.count * abs(one.probability - one.right) for one in bins) / len(probability)


def selective_risks(probability: _Floats, right: _Floats) -> _Floats:
    """The share of wrong answers among the 1, 2, ..., N most probable ones, [N] (Geifman and El-Yaniv, 2017).

    Its mean is the area under the risk-coverage curve (AURC; Geifman et al., 2019). Answers of equal probability count
    as their mean, so no order among them is lucky.

    >>> selective_risks(np.array([0.9, 0.5]), np.array([1.0, 0.0])).tolist()
    [0.0, 0.5]
    """
    _, groups = np.unique(-probability, return_inverse=True)
    means = np.bincount(groups, 1 - right) / np.bincount(groups)
    return np.asarray(np.cumsum(means[np.sort(groups)]) / np.arange(1, len(probability) + 1))


def answering_threshold(probability: _Floats, right: _Floats) -> float:
    """The probability from which on answering gains most, where right counts 1, wrong -1 and silence 0.

    That score is "truthfulness" (Yang et al., 2024, CRAG, section 4). Infinite where silence is best.
    """
    order = np.argsort(-probability, kind="stable")
    gains = np.cumsum(2 * right[order] - 1)
    ends = np.flatnonzero(np.r_[np.diff(probability[order]) != 0, True])  # equal probabilities are given together
    if not len(gains) or gains[ends].max() <= 0:
        return float("inf")
    return float(probability[order][ends[np.argmax(gains[ends])]])


def cross_fitted(probability: _Floats, right: _Floats, items: Sequence[str]) -> NDArray[np.bool_]:
    """Which answers are given, [N]: each by the best threshold of the items in other folds; ids are hashed to folds."""
    folds = np.array([stable_hash("fold", item) % NUM_FOLDS for item in items], np.int64)
    given = np.zeros(len(items), bool)
    for fold in range(NUM_FOLDS):
        own = folds == fold
        given[own] = probability[own] >= answering_threshold(probability[~own], right[~own])
    return given
