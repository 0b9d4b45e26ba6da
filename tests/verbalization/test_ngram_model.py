import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.verbalization.ngram_model import END, START, NgramModel

SENTENCES = [["a", "b"], ["a", "c"], ["a", "b", "b"]]
WORDS = ["a", "b", "c", END, "unseen"]


def reference(word, history, k=0.5):
    """Add-k towards the shorter context, by counting from scratch."""
    padded = [[START, START, *one, END] for one in SENTENCES]
    if history is None:
        return 1 / 5  # a, b, c, the end, all that was never seen
    shorter = reference(word, history[1:] if history else None, k)
    size = len(history)
    grams = [tuple(one[i - size : i + 1]) for one in padded for i in range(2, len(one))]
    same = sum(gram == (*history, word) for gram in grams)
    return (same + k * shorter) / (sum(gram[:-1] == tuple(history) for gram in grams) + k)


@given(st.sampled_from(WORDS), st.lists(st.sampled_from([*WORDS, START]), max_size=2))
def test_probabilities_are_the_formulas(word, history):
    assert NgramModel(SENTENCES).probability(word, history) == pytest.approx(reference(word, tuple(history)))


@given(st.lists(st.sampled_from([*WORDS, START]), max_size=2))
def test_probabilities_sum_to_one(history):
    assert sum(NgramModel(SENTENCES).probability(word, history) for word in WORDS) == pytest.approx(1)


def test_the_usual_scores_above_the_unusual():
    model = NgramModel(SENTENCES)

    assert model.score(["a", "b"]) > model.score(["b", "a"]) > model.score(["unseen", "unseen"])
