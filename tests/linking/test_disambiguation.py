import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from kgpt.linking.disambiguation import Judged, Weights, fit, probabilities
from kgpt.linking.features import FEATURES, NUM_LOCAL


def judged(weights, *, num_matches, rng):
    """Matches with three candidates each, the right one (or none) drawn by the weights."""
    features = np.zeros((3 * num_matches, len(FEATURES)))
    features[:, 0] = 1.0
    features[:, 1:4] = rng.normal(size=(len(features), 3))
    indptr = np.arange(0, len(features) + 1, 3)
    shares = probabilities(features, indptr, weights).reshape(-1, 3)
    drawn = [rng.choice(4, p=np.append(row, 1 - row.sum())) for row in shares]
    right = np.array([[number == place for place in range(3)] for number in drawn]).ravel()
    return Judged(features, indptr, right)


def likelihood(one, weights):
    found = probabilities(one.features, one.indptr, weights)
    nil = 1 - np.add.reduceat(found, one.indptr[:-1])
    lost = ~np.logical_or.reduceat(one.right, one.indptr[:-1])
    return np.log(found[one.right]).sum() + np.log(nil[lost]).sum()


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.data())
def test_probabilities_are_a_softmax_with_nil_at_zero(counts, data):
    scores = data.draw(arrays(np.float64, sum(counts), elements=st.floats(-50, 50)))
    indptr = np.concatenate([[0], np.cumsum(counts)])

    found = probabilities(scores[:, None], indptr, np.ones(1))

    for begin, end in itertools.pairwise(indptr):
        expected = np.exp(scores[begin:end]) / (1 + np.exp(scores[begin:end]).sum())
        assert found[begin:end] == pytest.approx(expected)
        assert found[begin:end].sum() <= 1 + 1e-9


def test_large_scores_overflow_nothing():
    found = probabilities(np.array([[900.0], [-900.0]]), np.array([0, 2]), np.ones(1))

    assert found.tolist() == [1.0, 0.0]


def test_no_pairs_have_no_probabilities():
    assert len(probabilities(np.zeros((0, 3)), np.array([0]), np.ones(3))) == 0


def test_planted_weights_are_found_again():
    planted = np.zeros(len(FEATURES))
    planted[:4] = (-1.0, 2.0, -1.5, 0.0)

    found = fit([judged(planted, num_matches=4_000, rng=np.random.default_rng(0))], whole=True)

    assert [found[name] for name in FEATURES[:4]] == pytest.approx(planted[:4], abs=0.15)
    assert all(found[name] == 0 for name in FEATURES[4:])


def test_the_fitted_weights_are_likelier_than_others():
    planted = np.zeros(len(FEATURES))
    planted[:4] = (0.5, 1.0, 0.0, -1.0)
    one = judged(planted, num_matches=300, rng=np.random.default_rng(1))

    weights = Weights(local={}, whole={}).model_copy(update={"whole": fit([one], whole=True)}).vector(whole=True)

    assert likelihood(one, weights) >= likelihood(one, planted) - 1
    assert likelihood(one, weights) > likelihood(one, np.zeros(len(FEATURES)))


def test_local_weights_name_no_feature_of_the_whole_text():
    one = judged(np.zeros(len(FEATURES)), num_matches=20, rng=np.random.default_rng(0))

    assert list(fit([one], whole=False)) == list(FEATURES[:NUM_LOCAL])


def test_a_feature_without_a_weight_counts_nothing():
    weights = Weights(local={"bias": 2.0}, whole={"log_prior": 1.0})

    assert weights.vector(whole=False).tolist() == [2.0] + [0.0] * (len(FEATURES) - 1)
    assert weights.vector(whole=True)[FEATURES.index("log_prior")] == 1.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"local": {"log_pryor": 1.0}, "whole": {"bias": 1.0}}, "did you mean 'log_prior'"),
        ({"local": {"bias": float("nan")}, "whole": {"bias": 1.0}}, "finite"),
        ({"local": {"bias": 1.0}}, "both `local` and `whole`"),
        ({"whole": {"bias": 1.0}}, "both `local` and `whole`"),
    ],
)
def test_weights_that_cannot_be_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        Weights(**settings)
