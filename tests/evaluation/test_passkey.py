import pytest
import torch

from kgpt.evaluation import evaluate_passkey
from kgpt.evaluation.passkey import passkey_text
from kgpt.model import LoadedModel, build_model
from kgpt.sequences import train_vocabulary

TEXT = "The grass is green. The pass key is 0123456789. Remember it. What is the pass key? The pass key is"


@pytest.fixture(scope="module")
def loaded(tiny):
    torch.manual_seed(0)
    vocabulary = train_vocabulary([TEXT] * 5, size=150, starts_text=True)
    model = build_model(tiny("llama", architecture="decoder", max_positions=512), vocabulary)
    return LoadedModel(model.eval(), vocabulary, "decoder", {})


@pytest.mark.parametrize("depth", [0.0, 0.5, 1.0])
def test_the_key_stands_at_its_depth_and_the_question_at_the_end(loaded, depth):
    text = passkey_text(loaded, "4711", length=400, depth=depth)

    place = text.index("The pass key is 4711.") / len(text)
    assert place == pytest.approx(depth, abs=0.2)
    assert text.endswith("What is the pass key? The pass key is")
    assert 300 < len(loaded.vocabulary.encode(text)) <= 410


@pytest.mark.parametrize("kind", ["loaded", "writer", "reader"])
def test_a_model_that_was_never_trained_guesses(kind, request):
    outcomes = evaluate_passkey(request.getfixturevalue(kind), lengths=[64], num_keys=15)

    assert len(outcomes) == 45
    assert sum(one.value for one in outcomes) / 45 < 0.4
    assert outcomes[0].subsets == ("length_64", "depth_0.1")


def test_a_model_that_copies_the_number_finds_it(loaded, monkeypatch):
    def copies(loaded, text, labels, *, max_tokens):
        return [float(f"key is {label}." in text) for label in labels]

    monkeypatch.setattr("kgpt.evaluation.passkey.score_labels", copies)

    found = evaluate_passkey(loaded, lengths=[64, 128], num_keys=2)

    assert {one.value for one in found} == {1.0}


def test_what_a_model_said_is_told_also_where_it_was_wrong(loaded, monkeypatch):
    said = []

    def prefers_the_last(loaded, text, labels, *, max_tokens):
        said.append(labels[-1])
        return [float(label == labels[-1]) for label in labels]

    monkeypatch.setattr("kgpt.evaluation.passkey.score_labels", prefers_the_last)

    found = evaluate_passkey(loaded, lengths=[64], num_keys=2)

    assert {one.value for one in found} == {0.0}
    assert [one.predicted for one in found] == said
