import numpy as np
import pytest

from kgpt.recipes import recipes
from kgpt.sequences import NO_TARGET


@pytest.fixture
def streams(training_data):
    return recipes.build("causal").streams(training_data("decoder"), "decoder")


def test_triples_passages_replayed_text_and_questions_are_mixed(streams):
    shares = {name: weighted.weight for name, weighted in streams.items()}

    assert shares == {"triples": 0.3, "passages": 0.3, "text": 0.3, "questions": 0.1}


def test_the_replayed_share_is_a_knob(training_data):
    recipe = recipes.build({"type": "causal", "replay_weight": 0.0})

    assert "text" not in recipe.streams(training_data("decoder"), "decoder")


@pytest.mark.parametrize("name", ["triples", "passages", "text"])
def test_the_next_word_is_asked_everywhere(streams, name):
    stream = streams[name].stream
    for index in range(len(stream)):
        row = stream.draw(index, np.random.default_rng(index))
        expected = [*row.ids[1:].tolist(), NO_TARGET]
        assert row.targets.tolist() == expected


def test_its_control_reads_the_same_text_and_questions(streams, training_data):
    control = recipes.build("text_only").streams(training_data("decoder"), "decoder")

    assert list(control) == ["text", "questions"]
    for name, weighted in control.items():
        ours = streams[name].stream.draw(0, np.random.default_rng(0))
        assert ours.ids.tolist() == weighted.stream.draw(0, np.random.default_rng(0)).ids.tolist()
