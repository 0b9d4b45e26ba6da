import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation.calibration import (
    answering_threshold,
    calibration_bins,
    calibration_results,
    cross_fitted,
    expected_calibration_error,
    scored_answers,
    selective_risks,
)
from kgpt.records import Outcome


def answered(pairs, *, subsets=()):
    return [Outcome("qa", f"q{n}", "exact_match", right, subsets, "x", p) for n, (p, right) in enumerate(pairs)]


def knowing(num_items=400):
    """Sure where right, unsure where wrong."""
    return [(0.9, 1.0) if n % 2 else (0.1, 0.0) for n in range(num_items)]


def test_probabilities_that_say_the_truth_have_no_error():
    rng = np.random.default_rng(0)
    probability = rng.random(20_000)

    assert expected_calibration_error(probability, (rng.random(20_000) < probability).astype(float)) < 0.02


def test_bins_have_equal_mass_and_few_items_make_one():
    bins = calibration_bins(np.linspace(0, 1, 100), np.ones(100))

    assert [one.count for one in bins] == [10] * 10
    assert len(calibration_bins(np.array([0.1, 0.9]), np.ones(2))) == 1


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=40), st.randoms())
def test_the_order_of_equal_probabilities_changes_no_risk(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    one, other = (selective_risks(*np.array(each, float).T) for each in (pairs, shuffled))

    assert one == pytest.approx(other)
    assert one[-1] == pytest.approx(1 - np.mean([right for _, right in pairs]))


def test_the_threshold_gives_answers_while_they_gain():
    probability, right = np.array([0.9, 0.8, 0.7, 0.2, 0.1]), np.array([1.0, 0.0, 1.0, 0.0, 0.0])

    assert answering_threshold(probability, right) == 0.9
    assert answering_threshold(probability, np.zeros(5)) == float("inf")
    assert answering_threshold(np.array([0.5, 0.5]), np.array([1.0, 0.0])) == float("inf")


def test_who_knows_what_it_knows_answers_just_that():
    probability, right = np.array(knowing()).T

    given_ = cross_fitted(probability, right, [f"q{n}" for n in range(400)])

    assert (given_ == (right == 1)).all()


def test_an_item_has_no_say_in_its_own_threshold():
    probability, right = np.array(knowing(50)).T
    items = [f"q{n}" for n in range(50)]
    given_ = cross_fitted(probability, right, items)
    for number in range(50):
        turned = right.copy()
        turned[number] = 1 - turned[number]
        assert cross_fitted(probability, turned, items)[number] == given_[number]


def test_every_subset_gets_its_figures_and_relations_do_not():
    answers = scored_answers(answered(knowing(100), subsets=("exposures_0", "relation:P1")), "qa")

    rows = {(row.subset, row.metric): row.value for row in calibration_results(answers)}

    assert {subset for subset, _ in rows} == {"all", "exposures_0"}
    assert rows["all", "right_frac"] == rows["all", "abstained_frac"] == 0.5
    assert rows["all", "wrong_frac"] == 0.0
    assert rows["all", "ece"] == pytest.approx(0.1)
    assert rows["all", "brier"] == pytest.approx(0.01)
    assert ("all", "contradicted_frac") not in rows


def test_contradictions_are_counted_among_the_given_checkable_answers():
    answers = scored_answers(answered([(0.9, 1.0)] * 90 + [(0.9, 0.0)] * 10), "qa")
    wrong = {f"q{n}" for n in range(90, 100)}

    rows = calibration_results(answers, wrong, checkable={f"q{n}" for n in range(50, 100)})

    (row,) = [row for row in rows if row.metric == "contradicted_frac"]
    assert (row.value, row.n) == (0.2, 50)


def test_without_probabilities_there_is_nothing_to_say():
    assert scored_answers([Outcome("qa", "q", "exact_match", 1.0)], "qa") is None
