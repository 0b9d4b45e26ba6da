import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kgpt.report.estimate import estimates, wilson


def rows(*values: float, metric: str = "exact_match"):
    measure = {"arm": "a", "task": "qa", "subset": "all", "metric": metric}
    return [{**measure, "seed": seed, "value": value, "n": 40} for seed, value in enumerate(values)]


@given(st.integers(1, 500), st.data())
def test_wilson_agrees_with_scipy(n, data):
    right = data.draw(st.integers(0, n))

    expected = binomtest(right, n).proportion_ci(method="wilson")

    assert wilson(right / n, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_several_seeds_give_one_standard_deviation():
    (value,) = estimates(rows(0.2, 0.4)).values()

    assert (value.mean, value.spread) == pytest.approx((0.3, 0.02**0.5))
    assert (value.low, value.high) == pytest.approx((0.3 - 0.02**0.5, 0.3 + 0.02**0.5))


def test_a_single_seed_gives_the_binomial_interval():
    (value,) = estimates(rows(0.25)).values()

    assert (value.low, value.high, value.spread) == (*wilson(0.25, 40), None)


def test_a_single_mean_reciprocal_rank_has_no_interval():
    (value,) = estimates(rows(0.25, metric="mrr")).values()

    assert (value.low, value.high) == (0.25, 0.25)
