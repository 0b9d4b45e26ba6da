"""What is held out of the training graph stands in no sequence that a recipe of words makes from graph or alignment."""

from dataclasses import replace

import numpy as np
import pytest

from kgpt.recipes import recipes

SETTINGS = {
    "causal": {},
    "deepstruct": {},
    "entigraph": {},
    "kelm": {},
    "kelm_ngram": {"type": "kelm", "mode": "ngram"},
    "kelm_generator": {},
    "kg_t5": {"path_weight": 0.1, "list_weight": 0.1, "context_weight": 0.1},
    "kg_t5_sentences": {"type": "kg_t5", "corpus": "sentences"},
    "kgt5": {},
    "kgt5_bare": {"type": "kgt5", "max_neighbors": 0},
}
OF_THE_CONTROL = {"text", "questions"}


@pytest.fixture
def less(training_data):
    """The data of a run in which everything between Rome and Italy is held out of the graph."""

    def data(architecture):
        whole = training_data(architecture)
        rome, italy = whole.graph.entity("Q2"), whole.graph.entity("Q12")
        between = np.isin(whole.graph.triples[:, 0], [rome, italy]) & np.isin(whole.graph.triples[:, 2], [rome, italy])
        assert between.sum() == 2
        return replace(whole, graph=whole.graph.with_triples(whole.graph.triples[~between]))

    return data


@pytest.mark.parametrize("name", SETTINGS)
def test_no_sequence_has_both_ends_of_a_held_out_fact(name, less):
    recipe = recipes.build({"type": name} | SETTINGS[name])
    for architecture in recipe.architectures:
        data = less(architecture)
        for stream_name, weighted in recipe.streams(data, architecture).items():
            stream = weighted.stream
            for index in range(0 if stream_name in OF_THE_CONTROL else len(stream)):
                for seed in range(5):
                    row = stream.draw(index, np.random.default_rng(seed))
                    said = data.vocabulary.decode([*row.ids, *row.targets, *row.decoder_targets])
                    assert not ("Rome" in said and "Italy" in said), (stream_name, said)


@pytest.mark.parametrize("name", SETTINGS)
def test_there_is_something_to_read(name, less):
    recipe = recipes.build({"type": name} | SETTINGS[name])
    architecture = recipe.architectures[-1]

    streams = recipe.streams(less(architecture), architecture)

    assert all(len(weighted.stream) for weighted in streams.values())
    assert set(streams) - OF_THE_CONTROL
