import pytest

from kgpt.errors import ConfigError
from kgpt.pipeline import load_run_config
from kgpt.pipeline.curriculum import arm_mixture
from kgpt.sequences import Mixture, Phases
from kgpt.sequences.repetition import RepeatedStream


@pytest.fixture
def config(project):
    def told(*overrides):
        return load_run_config(str(project / "tiny.yaml"), overrides)

    return told


PHASES = (
    "curriculum=[{steps: 4, recipe: {max_tokens: 16}}, {steps: 2, recipe: {triple_weight: 0.1}, tokens_per_step: 300}]"
)


def test_without_a_curriculum_there_is_one_mixture(config, training_data):
    assert isinstance(arm_mixture(config(), "kg_t5", training_data("encoder_decoder"), seed=0), Mixture)


def test_every_phase_has_its_own_recipe_settings_and_budget(config, training_data):
    phases = arm_mixture(config(PHASES), "kg_t5", training_data("encoder_decoder"), seed=0)

    assert isinstance(phases, Phases)
    first, second = (phase.mixture for phase in phases.phases)
    assert [phase.steps for phase in phases.phases] == [4, 2]
    assert (first.streams["text"].stream.max_tokens, second.streams["text"].stream.max_tokens) == (16, 128)
    assert second.streams["triples"].weight == 0.1
    assert (first.tokens_per_step, second.tokens_per_step) == (128, 300)
    assert first.seed != second.seed


def test_an_arm_ignores_what_its_recipe_has_not(config, training_data):
    phases = arm_mixture(config(PHASES), "text_only", training_data("encoder_decoder"), seed=0)

    assert [list(phase.mixture.streams) for phase in phases.phases] == [["text", "questions"]] * 2


def test_the_texts_repetition_is_a_setting(config, training_data):
    mixture = arm_mixture(config("mixture.repetition.unknown=3"), "kg_t5", training_data("encoder_decoder"), seed=0)

    text = mixture.streams["text"].stream
    assert isinstance(text, RepeatedStream)
    assert len(text) == 3 * len(text.stream)
    assert not isinstance(mixture.streams["triples"].stream, RepeatedStream)


def test_an_arm_may_have_a_mixture_of_its_own(config, training_data):
    told = config("arms.kg_t5.mixture.replay.triples=0.5")

    mixture = arm_mixture(told, "kg_t5", training_data("encoder_decoder"), seed=0)

    assert list(mixture.replays) == ["triples"]
    assert not arm_mixture(told, "text_only", training_data("encoder_decoder"), seed=0).replays


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("curriculum=[{steps: 4}]", "4 steps and training.steps is 6"),
        ("curriculum=[{steps: 6, recipe: {max_token: 3}}]", "max_token: no such setting; did you mean 'max_tokens'"),
        (
            "curriculum=[{steps: 6, recipe: {max_tokens: lots}}]",
            r"curriculum\.0\.recipe\.max_tokens: expected int, found 'lots'",
        ),
        ("mixture={repetition: {a: 1}, shares: {a: 1}}", "give one of them"),
    ],
)
def test_a_curriculum_that_does_not_fit_is_told(override, message, config):
    with pytest.raises(ConfigError, match=message):
        config(override)


def test_a_replay_that_no_arm_has_a_stream_for_is_told(config, training_data):
    told = config("mixture.replay.tripel=0.5")

    with pytest.raises(ConfigError, match="no arm has a stream 'tripel'; did you mean 'triples'"):
        arm_mixture(told, "text_only", training_data("encoder_decoder"), seed=0)
