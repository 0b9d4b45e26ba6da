import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kgpt.evaluation.significance import effect_size, holm, sign_flip_p


def test_many_items_agree_with_scipy_s_permutation_test():
    differences = np.random.default_rng(1).choice([-1.0, -0.5, 0.0, 0.5, 1.0], 80, p=[0.1, 0.15, 0.35, 0.2, 0.2])

    found = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=50_000, vectorized=True, rng=0
    )

    assert sign_flip_p(differences) == pytest.approx(found.pvalue, abs=0.005)


def test_a_clear_difference_has_a_p_that_a_correction_can_survive():
    assert sign_flip_p(np.ones(200)) == pytest.approx(1e-5)


def test_an_effect_that_all_items_share_has_no_size():
    assert effect_size(np.ones(5)) is None
    assert effect_size(np.zeros(5)) == 0.0
    assert effect_size(np.array([1.0])) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_a_p_and_never_turns_their_order(p_values):
    adjusted = holm(p_values)

    assert all(1 >= after >= before for before, after in zip(p_values, adjusted, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()


def test_one_test_needs_no_correction_and_none_is_none():
    assert holm([0.03]) == [0.03]
    assert holm([]) == []
