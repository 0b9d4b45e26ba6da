import numpy as np
import pytest

from kgpt.recipes import recipes


@pytest.mark.parametrize("architecture", ["encoder_decoder", "decoder"])
def test_passages_join_text_and_questions(training_data, architecture):
    streams = recipes.build("entigraph").streams(training_data(architecture), architecture)

    assert {name: one.weight for name, one in streams.items()} == {"passages": 0.7, "text": 0.2, "questions": 0.1}


def test_a_passage_names_its_entity_and_only_what_is_two_steps_away(training_data):
    data = training_data("decoder")
    source = recipes.build("entigraph").streams(data, "decoder")["passages"].stream.source

    for index in range(len(source)):
        near = {index, *data.graph.neighbors(index).tolist()}
        near |= {two for one in near for two in data.graph.neighbors(one).tolist()}
        for seed in range(10):
            named = {piece.entity for piece in source.pieces(index, np.random.default_rng(seed)) if len(piece) == 2}
            assert index in named and named <= near


def test_a_pass_over_the_entities_writes_other_passages_than_the_one_before(training_data):
    stream = recipes.build("entigraph").streams(training_data("decoder"), "decoder")["passages"].stream

    one, two = ([stream.draw(i, np.random.default_rng((epoch, i))).ids.tolist() for i in range(5)] for epoch in (0, 1))

    assert one != two
