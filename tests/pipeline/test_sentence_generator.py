from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import CheckpointError
from kgpt.model import LoadedModel, build_model
from kgpt.pipeline.sentence_generator import SentenceGenerator, found_mentions
from kgpt.verbalization.pieces import Mention


@pytest.fixture(scope="module")
def loaded(tiny, writing_words, capitals):
    torch.manual_seed(0)
    model = build_model(tiny("t5"), writing_words, capitals, {})
    return LoadedModel(model, writing_words, "encoder_decoder", {})


def test_the_same_seed_writes_the_same_and_another_one_another(loaded):
    subgraphs = [[Mention(0, "Berlin"), " capital of ", Mention(1, "Germany")]] * 3

    one, same, other = (
        SentenceGenerator(loaded=loaded, seed=seed, temperature=5.0, max_new_words=8).write(subgraphs)
        for seed in (0, 0, 1)
    )

    assert len(one) == 3
    assert one == same != other


def test_the_callers_randomness_is_left_alone(loaded):
    state = torch.random.get_rng_state()

    SentenceGenerator(loaded=loaded, max_new_words=2).write([["Berlin"]])

    assert torch.equal(state, torch.random.get_rng_state())


def test_an_encoder_is_refused(tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {})

    with pytest.raises(CheckpointError, match="encoder-decoder"):
        SentenceGenerator(loaded=LoadedModel(model, masked_words, "encoder", {}))


@given(st.text(alphabet="aAbİ x.", max_size=20), st.lists(st.text(alphabet="aAbİ", max_size=4), max_size=4))
def test_found_spans_hold_the_names_and_do_not_overlap(text, names):
    spans, recall = found_mentions(text, [Mention(number, name) for number, name in enumerate(names)])

    for start, end, entity in spans:
        assert text[start:end].lower() == names[entity].lower()
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert recall == len(spans) / max(len(names), 1)


def test_a_name_inside_a_longer_one_or_a_word_is_not_found():
    mentions = [Mention(0, "York"), Mention(1, "New York"), Mention(2, "art")]

    assert found_mentions("New York has parts.", mentions) == ([(0, 8, 1)], 1 / 3)
