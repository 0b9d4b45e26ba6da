import numpy as np
import pytest

from kgpt.evaluation import compare, summarize
from kgpt.evaluation.summary import adjust, paired_f1_test, paired_test
from kgpt.records import Outcome, Result


def outcomes(values, *, metric="exact_match", subsets=()):
    return [Outcome("qa", f"q{i}", metric, float(value), subsets) for i, value in enumerate(values)]


def test_a_mean_a_subset_with_its_number_of_items():
    found = [
        Outcome("qa", "q1", "exact_match", 1.0, ("rare",)),
        Outcome("qa", "q2", "exact_match", 0.0, ("popular",)),
        Outcome("qa", "q3", "exact_match", 0.5, ("rare", "relation:P1")),
        Outcome("cloze", "f1", "mrr", 0.25),
    ]

    assert set(summarize(found)) == {
        Result("qa", "all", "exact_match", 0.5, 3),
        Result("qa", "rare", "exact_match", 0.75, 2),
        Result("qa", "popular", "exact_match", 0.0, 1),
        Result("qa", "relation:P1", "exact_match", 0.5, 1),
        Result("cloze", "all", "mrr", 0.25, 1),
    }


@pytest.fixture(scope="module")
def chance():
    rng = np.random.default_rng(0)
    return (rng.random((2, 200)) < 0.5).astype(float)


def test_a_planted_difference_is_significant(chance):
    control = chance[0]
    better = np.where(np.arange(200) % 5 == 0, 1.0, control)

    (row,) = compare("kg", "text", [outcomes(better)], [outcomes(control)])

    assert row.difference == pytest.approx((better - control).mean())
    assert 0 < row.ci95[0] < row.difference < row.ci95[1]
    assert row.p_value < 0.001


def test_chance_alone_is_not_significant(chance):
    (row,) = compare("kg", "text", [outcomes(chance[0])], [outcomes(chance[1])])

    assert row.p_value > 0.05
    assert row.ci95[0] < 0 < row.ci95[1]


def test_no_difference_has_p_one():
    (row,) = compare("kg", "text", [outcomes([1, 0, 1])], [outcomes([1, 0, 1])])

    assert (row.difference, row.ci95, row.p_value) == (0, (0, 0), 1)


def test_swapping_the_arms_turns_the_sign_and_nothing_else(chance):
    one, two = outcomes(chance[0]), outcomes(np.maximum(chance[0], chance[1]))

    (there,), (back,) = compare("a", "b", [one], [two]), compare("b", "a", [two], [one])

    assert there.difference == pytest.approx(-back.difference)
    assert there.ci95 == pytest.approx((-back.ci95[1], -back.ci95[0]), abs=0.01)
    assert there.p_value == pytest.approx(back.p_value, abs=1e-3)


def test_few_items_get_the_exact_permutation_p():
    _, _, p_value = paired_test(np.array([1.0, 1.0, 1.0]))

    assert p_value == pytest.approx(2 / 2**3)


def test_items_are_averaged_over_the_seeds_both_have():
    arm = [outcomes([1, 1, 0]), outcomes([0, 1, 0]), outcomes([1, 1, 1])]
    control = [outcomes([0, 0, 0]), outcomes([0, 0, 0])]

    (row,) = compare("kg", "text", arm, control)

    assert row.difference == pytest.approx((0.5 + 1 + 0) / 3)
    assert row.num_seeds == 2


def test_only_items_of_both_arms_are_paired():
    arm = outcomes([1, 1, 1])

    (row,) = compare("kg", "text", [arm], [outcomes([1, 0])])

    assert row.difference == pytest.approx(0.5)


def test_single_relations_are_not_tested():
    rows = compare("kg", "text", [outcomes([1, 0], subsets=("rare", "relation:P1"))], [outcomes([0, 0])])
    again = outcomes([0, 0], subsets=("rare", "relation:P1"))
    both = compare("kg", "text", [outcomes([1, 0], subsets=("rare", "relation:P1"))], [again])

    assert [row.subset for row in rows] == ["all"]
    assert [row.subset for row in both] == ["all", "rare"]


def test_equal_systems_differ_in_nothing():
    counts = np.array([[1, 2, 3], [0, 4, 1]])

    assert paired_f1_test(counts, counts) == (0.0, (0.0, 0.0), 1.0)


def test_the_difference_of_micro_f1_is_tested_by_documents():
    one, other = np.tile([[3, 4, 4]], (30, 1)), np.tile([[1, 4, 4]], (30, 1))

    difference, (low, high), p_value = paired_f1_test(one, other)

    assert difference == pytest.approx(0.5)
    assert (low, high) == pytest.approx((0.5, 0.5))
    assert p_value < 0.001


def test_a_gain_in_one_document_of_many_is_no_sure_gain():
    other = np.tile([[2, 4, 4]], (20, 1))
    one = other.copy()
    one[0] = [4, 4, 4]

    difference, (low, high), p_value = paired_f1_test(one, other)

    assert difference == pytest.approx(2 / 80)
    assert low == 0.0 < high
    assert p_value == 1.0


def test_effect_size_and_each_seed_s_difference_are_told():
    arm = [outcomes([1, 1, 0, 1]), outcomes([1, 0, 0, 1])]
    control = [outcomes([0, 0, 0, 0])] * 2

    (row,) = compare("kg", "text", arm, control)

    assert row.seed_differences == (0.75, 0.5)
    assert row.num_items == 4
    assert row.effect_size == pytest.approx(np.mean([1, 0.5, 0, 1]) / np.std([1, 0.5, 0, 1], ddof=1))


def test_each_family_is_corrected_by_itself(chance):
    better = np.where(np.arange(200) % 5 == 0, 1.0, chance[0])
    rows = [
        row
        for subset in ("graph_only", "stated_in_text", "rare", "popular")
        for row in compare("kg", "text", *([outcomes(one, subsets=(subset,))] for one in (better, chance[0])))
        if row.subset == subset
    ]

    adjusted = adjust(rows)

    assert [row.family for row in adjusted] == ["headline", "headline", "exploratory", "exploratory"]
    assert [row.p_adjusted for row in adjusted] == pytest.approx([2 * row.p_value for row in rows])
