import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation.ranking import rank, rank_metrics


@pytest.mark.parametrize(
    ("scores", "truth", "expected"),
    [
        ([3, 2, 1], 0, 1),
        ([3, 2, 1], 2, 3),
        ([2, 2, 1], 0, 1.5),
        ([2, 2, 2, 2], 3, 2.5),
        ([1, 3, 1, 1], 0, 3),
        ([7], 0, 1),
        ([-np.inf, -np.inf, 0], 0, 2.5),
    ],
)
def test_ties_count_half(scores, truth, expected):
    assert rank(scores, truth) == expected


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_the_ranks_of_all_candidates_sum_as_without_ties(scores):
    assert sum(rank(scores, truth) for truth in range(len(scores))) == sum(range(1, len(scores) + 1))


@pytest.mark.parametrize(
    ("place", "expected"), [(1, (1, 1, 1)), (1.5, (0, 1 / 1.5, 1)), (10, (0, 0.1, 1)), (10.5, (0, 1 / 10.5, 0))]
)
def test_a_tie_for_the_first_place_is_no_hit(place, expected):
    assert tuple(rank_metrics(place).values()) == pytest.approx(expected)
