import numpy as np
import pytest
import torch

from kgpt.evaluation.span_states import SpanText, layer_features, read_text, span_means

TEXT = "Berlin is the capital of Germany and a city of many bridges"


@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_spans_are_the_words_of_their_letters(kind, request):
    loaded = request.getfixturevalue(kind)
    place = TEXT.index("Germany")

    read = read_text(loaded, SpanText(TEXT, ((0, 6), (place, place + 7))))

    said = [loaded.vocabulary.decode(read.ids[start:end]) for start, end in read.spans]
    assert said == ["Berlin", "Germany"]


@pytest.mark.parametrize("max_tokens", [12, 16])
def test_of_a_long_text_the_words_around_the_spans_are_read(reader, max_tokens):
    text = f"{TEXT}. {TEXT}. Paris is the capital of France. {TEXT}."
    place = text.index("Paris")

    read = read_text(reader, SpanText(text, ((place, place + 5),)), max_tokens=max_tokens)

    assert len(read.ids) == max_tokens
    assert reader.vocabulary.decode(read.ids[slice(*read.spans[0])]) == "Paris"


def test_spans_without_a_word_or_too_far_apart_are_not_read(reader):
    far = f"{TEXT}. {TEXT}."

    assert read_text(reader, SpanText("Berlin ", ((6, 6),))) is None
    assert read_text(reader, SpanText(far, ((0, 6), (len(far) - 3, len(far)))), max_tokens=12) is None


@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_layers_are_those_that_transformers_gives(kind, request):
    loaded = request.getfixturevalue(kind)
    backbone = loaded.model.backbone
    stack = backbone.get_encoder() if kind == "writer" else backbone.base_model
    texts = [read_text(loaded, SpanText(text, ((0, 6),))) for text in (TEXT, "Berlin")]

    found = layer_features(loaded, texts)

    for place, text in enumerate(texts):
        with torch.no_grad():
            states = stack(torch.from_numpy(text.ids)[None], output_hidden_states=True).hidden_states
        start, end = text.spans[0]
        expected = [one[0, start:end].mean(dim=0).numpy() for one in states]
        assert np.allclose(found[:, place], expected, atol=1e-4)


def test_means_of_several_spans_stand_beside_each_other():
    states = torch.arange(12.0).reshape(1, 6, 2)

    found = span_means(states, torch.tensor([[[0, 2], [3, 6]]]))

    assert found.tolist() == [[1.0, 2.0, 8.0, 9.0]]
