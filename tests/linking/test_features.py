import numpy as np
import pytest

from kgpt.linking.features import _MATCH_FEATURES, FEATURES, NUM_LOCAL
from kgpt.linking.tokenizing import tokenize


@pytest.fixture
def told(linker):
    """The features of the first reading of a name in a text, by their names."""

    def features(text, name):
        lattice = linker._lattice(tokens := tokenize(text, fold_case=True), linker._mentionable(tokens))
        values = linker._features(text, lattice)
        start = text.index(name)
        for number, (first, last) in enumerate(zip(lattice.matches.first, lattice.matches.last, strict=True)):
            if (tokens.starts[first], tokens.stops[last - 1]) == (start, start + len(name)):
                return dict(zip(FEATURES, values[lattice.indptr[number]].tolist(), strict=True))
        raise AssertionError(name)

    return features


def test_the_features_of_a_match_are_as_many_as_their_names():
    assert len(_MATCH_FEATURES) == 15


@pytest.mark.parametrize(
    ("text", "name", "feature", "expected"),
    [
        ("We saw Berlin.", "Berlin", "lower_case", 0),
        ("We saw berlin.", "berlin", "lower_case", 1),
        ("We saw berlin.", "berlin", "exact_case", 0),
        ("Berlin is far.", "Berlin", "opening_word", 1),
        ("Far. Berlin is.", "Berlin", "opening_word", 1),
        ("Far\nBerlin is.", "Berlin", "opening_word", 1),
        ("In Berlin we", "Berlin", "opening_word", 0),
        ("by City of Light now", "City of Light", "log_tokens", np.log(3)),
        ("by City of Light now", "City of Light", "log_chars", np.log(13)),
        ("in Paris, Texas now", "Texas", "inside_longer", 1),
        ("in Paris, Texas now", "Paris", "inside_longer", 1),
        ("in Paris, Texas now", "Paris, Texas", "inside_longer", 0),
        ("at Hotel Berlin we", "Berlin", "capital_before", 1),
        ("at Berlin Hotel we", "Berlin", "capital_after", 1),
        ("at Berlin, Hotel", "Berlin", "capital_after", 0),
        ("at Texas Berlin we", "Berlin", "name_before", 1),
        ("at Hotel Berlin we", "Berlin", "name_before", 0),
        ("in FRG now", "FRG", "acronym", 1),
        ("in Berlin now", "Berlin", "only_candidate", 1),
        ("in Paris now", "Paris", "log_candidates", np.log(2)),
        ("in Berlin now", "Berlin", "label", 1),
        ("in FRG now", "FRG", "label", 0),
        ("met Nardelli now", "Nardelli", "partial_name", 1),
    ],
)
def test_a_feature_says_what_its_name_says(told, text, name, feature, expected):
    assert told(text, name)[feature] == pytest.approx(expected)


def test_candidates_that_the_graph_joins_raise_one_another(told):
    assert told("Nardelli led Home Depot", "Home Depot")["joined"] > told("He led Home Depot", "Home Depot")["joined"]


def test_the_local_features_come_first():
    assert FEATURES[:NUM_LOCAL][0] == "bias"
    assert set(FEATURES[NUM_LOCAL:]) == {"joined", "shared_neighbors", "shared_words"}
