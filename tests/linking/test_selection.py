from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.linking.selection import best_matches, best_pairs

SPANS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.floats(0, 1)), max_size=7)


def worth(spans, chosen, threshold):
    return sum((spans[i][2] - threshold) * spans[i][1] ** 0.5 for i in chosen)


def apart(spans, chosen):
    taken = [token for i in chosen for token in range(spans[i][0], spans[i][0] + spans[i][1])]
    return len(taken) == len(set(taken))


@settings(deadline=None)
@given(spans=SPANS, threshold=st.floats(0, 0.9))
def test_no_other_choice_is_worth_more(spans, threshold):
    first = np.array([start for start, _, _ in spans], np.int64)
    last = first + np.array([size for _, size, _ in spans], np.int64)
    probabilities = np.array([probability for _, _, probability in spans])

    chosen = best_matches(first, last, probabilities, threshold=threshold).tolist()

    every = [subset for size in range(len(spans) + 1) for subset in combinations(range(len(spans)), size)]
    best = max(worth(spans, subset, threshold) for subset in every if apart(spans, subset))
    assert apart(spans, chosen)
    assert [first[i] for i in chosen] == sorted(first[i] for i in chosen)
    assert worth(spans, chosen, threshold) == pytest.approx(best)


def test_of_two_equally_likely_names_the_longer_is_chosen():
    chosen = best_matches(np.array([0, 0]), np.array([1, 2]), np.array([0.8, 0.8]), threshold=0.1)

    assert chosen.tolist() == [1]


def test_what_is_not_likelier_than_the_threshold_is_left():
    chosen = best_matches(np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.6]), threshold=0.5)

    assert chosen.tolist() == [1]


@given(st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5]), min_size=1, max_size=4), min_size=1, max_size=5))
def test_the_likeliest_pair_of_a_match_is_the_first_of_equal_ones(matches):
    flat = np.array([one for found in matches for one in found])
    indptr = np.cumsum([0, *map(len, matches)])

    pairs = best_pairs(flat, indptr, np.arange(len(matches)))

    assert (pairs - indptr[:-1]).tolist() == [found.index(max(found)) for found in matches]
