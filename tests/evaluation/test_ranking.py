import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation.ranking import Filtered, link_metrics, rank, rank_among_found, rank_metrics, standing


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


@given(st.data(), st.integers(1, 6), st.integers(1, 8))
def test_ranks_are_those_of_counting_row_by_row(data, num_rows, num_columns):
    row = st.lists(st.sampled_from([-np.inf, 0.0, 1.0, 2.0]), min_size=num_columns, max_size=num_columns)
    scores = np.array(data.draw(st.lists(row, min_size=num_rows, max_size=num_rows)), np.float32)
    truths = np.array(data.draw(st.lists(st.integers(0, num_columns - 1), min_size=num_rows, max_size=num_rows)))
    pairs = data.draw(st.sets(st.tuples(st.integers(0, num_rows - 1), st.integers(0, num_columns - 1))))
    filtered = Filtered(*np.array(sorted(pairs), int).reshape(-1, 2).T)

    found = standing(scores, truths, filtered=filtered)

    for number, (values, truth) in enumerate(zip(scores.tolist(), truths.tolist(), strict=True)):
        others = [one for place, one in enumerate(values) if place != truth and (number, place) not in pairs]
        best, worst = 1 + sum(o > values[truth] for o in others), 1 + sum(o >= values[truth] for o in others)
        assert found.ranks("optimistic")[number] == best
        assert found.ranks("pessimistic")[number] == worst
        assert found.ranks()[number] == (best + worst) / 2


def test_a_score_that_is_no_number_is_the_lowest():
    scores = np.array([[np.nan, 0.0, 1.0], [0.5, np.nan, np.nan]])

    assert standing(scores, np.array([0, 0])).ranks().tolist() == [3.0, 1.0]


@given(st.dictionaries(st.integers(0, 9), st.sampled_from([-1.0, -2.0, -3.0])), st.data())
def test_a_rank_is_that_among_all_entities_where_the_unfound_tie_last(scores, data):
    truth = data.draw(st.integers(0, 9))
    others = data.draw(st.sets(st.integers(0, 9).filter(lambda one: one != truth)))

    everyone = [truth, *(one for one in range(10) if one != truth and one not in others)]
    expected = rank([scores.get(one, -np.inf) for one in everyone], truth=0)

    assert rank_among_found(scores, truth, others=others, num_entities=10) == expected


def test_link_metrics_of_a_rank():
    assert link_metrics(2.0) == {"mean_rank": 2.0, "mrr": 0.5, "hits_at_1": 0.0, "hits_at_3": 1.0, "hits_at_10": 1.0}
