import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation.perplexity import asked_rows, evaluate_perplexity
from kgpt.records import AlignedPassage, Document, Metadata
from kgpt.sequences import NO_TARGET

TEXT = "Berlin is the capital of Germany and a city of many bridges, parks and long winter evenings."


def document(text=TEXT, source=""):
    return Document("d", text, metadata=Metadata(source=source))


def bits_of(loaded, text=TEXT, **options):
    (outcome,) = evaluate_perplexity(loaded, [document(text)], **options)
    return outcome.value


def chances(logits, targets):
    return [float(row.log_softmax(0)[target]) for row, target in zip(logits, targets, strict=True)]


@torch.inference_mode()
def test_a_decoders_figure_is_the_stock_models_loss_a_byte(speaker):
    ids = speaker.vocabulary.encode_wrapped(TEXT, max_tokens=128)[:-1].tolist()
    logits = speaker.model.backbone(torch.tensor([ids])).logits[0]

    expected = -sum(chances(logits[:-1], ids[1:])) / math.log(2) / len(TEXT)

    assert bits_of(speaker) == pytest.approx(expected, rel=1e-4)


@torch.inference_mode()
def test_an_encoders_figure_masks_one_word_at_a_time(reader):
    words = reader.vocabulary
    ids, total = torch.from_numpy(words.encode_wrapped(TEXT, max_tokens=128)), 0.0
    for place in range(1, len(ids) - 1):
        masked = ids.clone()
        masked[place] = words.mask
        total -= chances(reader.model.backbone(masked[None]).logits[0, [place]], ids[[place]].tolist())[0]

    assert bits_of(reader, max_masked=1_000) == pytest.approx(total / math.log(2) / len(TEXT), rel=1e-4)


@torch.inference_mode()
def test_an_encoder_decoders_figure_is_that_of_the_second_half(writer):
    words = writer.vocabulary
    ids, offsets = words.encode_with_offsets(TEXT)
    half, sentinel = (len(ids) + 1) // 2, words.sentinel(0)
    source = torch.from_numpy(words.wrap(np.append(ids[:half], sentinel)))[None]
    logits = writer.model.backbone(source, decoder_input_ids=torch.tensor([[0, sentinel, *ids[half:-1]]])).logits[0]

    expected = -sum(chances(logits[1:], ids[half:])) / math.log(2) / (len(TEXT) - offsets[half - 1, 1])

    assert bits_of(writer) == pytest.approx(expected, rel=1e-4)


@given(num_words=st.integers(0, 60), window=st.integers(8, 30))
@pytest.mark.parametrize("kind", ["speaker", "writer", "reader"])
def test_every_word_is_asked_once_within_the_window(kind, num_words, window, request):
    loaded = request.getfixturevalue(kind)
    words = np.arange(100, 100 + num_words)

    rows = list(asked_rows(loaded, words, window_tokens=window, max_masked=1_000))

    asked = np.concatenate([np.zeros(0, int), *(row.places[row.places >= 0] for row in rows)])
    first = min(window // 2 - 2, (num_words + 1) // 2) if kind == "writer" else 0
    assert asked.tolist() == list(range(first, num_words))
    for row in rows:
        sequence = row.sequence
        targets = sequence.decoder_targets if kind == "writer" else sequence.targets[sequence.targets != NO_TARGET]
        assert targets[row.places >= 0].tolist() == words[row.places[row.places >= 0]].tolist()
        assert len(sequence.ids) <= window and len(sequence.decoder_targets) <= window


def test_a_word_of_a_later_window_has_half_a_window_before_it(speaker):
    rows = list(asked_rows(speaker, np.arange(100, 140), window_tokens=17, max_masked=0))

    assert [row.places.tolist()[0] for row in rows] == [0, 16, 24, 32]
    assert [len(row.sequence.ids) - len(row.places) for row in rows][1:] == [9, 9, 9]


def test_an_encoder_is_asked_for_words_spread_over_a_long_text(reader):
    places = [row.places.item() for row in asked_rows(reader, np.arange(100, 200), window_tokens=16, max_masked=4)]

    assert places == [0, 33, 66, 99]


def test_batches_change_nothing(speaker):
    text = f"{TEXT} {TEXT} {TEXT}"

    few, many = (bits_of(speaker, text, window_tokens=20, batch_size=size) for size in (1, 50))

    assert few == pytest.approx(many, rel=1e-5)


def test_unknown_words_count_neither_in_bits_nor_in_bytes(speaker):
    words = speaker.vocabulary
    unknown = f"{TEXT}\N{SNOWMAN}"
    assert words.encode(unknown)[-1] == words.tokenizer.unk_token_id

    assert bits_of(speaker, unknown) == pytest.approx(bits_of(speaker))


def test_documents_and_passages_count_in_their_slices(speaker):
    passage = AlignedPassage("p", "d", TEXT, (), (), Metadata(source="wiki"))

    outcomes = evaluate_perplexity(speaker, [document(source="news"), passage, document("")])

    assert [(one.item, one.metric, one.subsets) for one in outcomes] == [
        ("d", "bits_per_byte", ("slice:news",)),
        ("p", "bits_per_byte", ("slice:wiki",)),
    ]
