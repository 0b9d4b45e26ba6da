from dataclasses import replace

import numpy as np
import pytest

from kgpt.recipes import recipes


def test_the_control_reads_no_graph(training_data):
    data = training_data("encoder_decoder")

    streams = recipes.build("text_only").streams(replace(data, graph=None), "encoder_decoder")

    assert list(streams) == ["text", "questions"]


def test_an_encoder_reads_no_questions(training_data):
    streams = recipes.build("text_only").streams(training_data("encoder"), "encoder")

    assert list(streams) == ["text"]


def test_without_train_questions_there_is_no_stream_of_them(training_data):
    data = replace(training_data("encoder_decoder"), questions=())

    assert list(recipes.build("text_only").streams(data, "encoder_decoder")) == ["text"]


def test_a_decoder_reads_text_and_prompted_questions(training_data):
    data = training_data("decoder")

    streams = recipes.build("text_only").streams(replace(data, graph=None), "decoder")
    row = streams["questions"].stream.draw(0, np.random.default_rng(0))

    assert list(streams) == ["text", "questions"]
    assert data.vocabulary.decode(row.targets) == "Berlin"


@pytest.mark.parametrize("architecture", ["encoder", "encoder_decoder", "decoder"])
def test_what_weighs_nothing_is_not_read(architecture, training_data):
    data = training_data(architecture)

    assert list(recipes.build({"type": "text_only", "question_weight": 0}).streams(data, architecture)) == ["text"]
    assert "text" not in recipes.build({"type": "text_only", "text_weight": 0}).streams(data, architecture)
