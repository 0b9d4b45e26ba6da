import numpy as np
import pytest
import torch

from kgpt.config import check_config
from kgpt.errors import ConfigError
from kgpt.model import BackboneSettings, KgptModel, build_model
from kgpt.model.language_model import attention_mask
from kgpt.model.stack import encoder_states
from kgpt.sequences import NO_TARGET, collate
from kgpt.sequences.sequence import plain_sequence

ENCODERS = ["roberta", "bert", "modernbert"]
WRITERS = ["t5", "bart"]
CLOSE = {"atol": 1e-5, "rtol": 1e-4}


def masked_batch(vocabulary, sizes=(9, 5)):
    """Texts of some lengths, two words asked for in each."""
    rng = np.random.default_rng(0)
    sequences = []
    for size in sizes:
        targets = np.full(size, NO_TARGET)
        targets[[1, 3]] = [7, 8]
        sequences.append(plain_sequence(rng.integers(5, vocabulary.size, size), targets=targets))
    return collate(sequences, pad_id=vocabulary.pad)


def written_batch(vocabulary, sizes=((9, 4), (5, 6))):
    """Texts and what to write, of some lengths."""
    rng = np.random.default_rng(0)
    rows = [[rng.integers(5, vocabulary.size, size) for size in pair] for pair in sizes]
    return collate([plain_sequence(read, decoder_targets=told) for read, told in rows], pad_id=vocabulary.pad)


def built(settings, vocabulary) -> KgptModel:
    torch.manual_seed(0)
    return build_model(settings, vocabulary, None).eval()


def states_of(model, batch):
    with torch.no_grad():
        return encoder_states(model.backbone, model.words(batch.ids), attention_mask(batch), batch.positions)


@pytest.mark.parametrize("family", ENCODERS)
def test_word_logits_are_the_stock_models_at_the_targets(family, tiny, masked_words):
    model, batch = built(tiny(family, num_layers=2), masked_words), masked_batch(masked_words)

    ours = model(batch)["word"].logits

    stock = model.backbone(input_ids=batch.ids, attention_mask=batch.present.long()).logits
    assert torch.allclose(ours, stock[batch.targets != NO_TARGET], **CLOSE)


@pytest.mark.parametrize("family", WRITERS)
def test_written_logits_are_the_stock_models(family, tiny, writing_words):
    model, batch = built(tiny(family), writing_words), written_batch(writing_words)

    ours = model(batch)["decoder"].logits

    stock = model.backbone(input_ids=batch.ids, attention_mask=batch.present.long(), labels=batch.decoder_targets)
    assert torch.allclose(ours, stock.logits[batch.decoder_targets != NO_TARGET], **CLOSE)


@pytest.mark.parametrize("family", WRITERS)
def test_the_loss_is_the_stock_models_loss_on_the_same_labels(family, tiny, writing_words):
    model, batch = built(tiny(family), writing_words), written_batch(writing_words)

    output = model(batch)["decoder"]

    ours = torch.nn.functional.cross_entropy(output.logits, output.targets)
    stock = model.backbone(input_ids=batch.ids, attention_mask=batch.present.long(), labels=batch.decoder_targets)
    assert ours.item() == pytest.approx(stock.loss.item(), rel=1e-5)


@pytest.mark.parametrize("family", [*ENCODERS, *WRITERS])
def test_padding_does_not_change_a_state(family, tiny, masked_words):
    model = built(tiny(family), masked_words)
    padded, alone = masked_batch(masked_words, sizes=(5, 12)), masked_batch(masked_words, sizes=(5,))

    assert torch.allclose(states_of(model, padded)[0, :5], states_of(model, alone)[0], **CLOSE)


@pytest.mark.parametrize("family", WRITERS)
def test_padding_does_not_change_what_is_written(family, tiny, writing_words):
    model = built(tiny(family), writing_words)
    padded = written_batch(writing_words, sizes=((5, 3), (12, 9)))
    alone = written_batch(writing_words, sizes=((5, 3),))

    assert torch.allclose(model(padded)["decoder"].logits[:3], model(alone)["decoder"].logits, **CLOSE)


def test_roberta_counts_positions_from_after_the_padding_row(tiny, masked_words):
    model, batch = built(tiny("roberta"), masked_words), masked_batch(masked_words, sizes=(9,))
    assert masked_words.pad == 0

    ours = states_of(model, batch)

    given = batch.positions + masked_words.pad + 1
    assert torch.allclose(ours, model.backbone.roberta(batch.ids, position_ids=given).last_hidden_state, **CLOSE)
    assert torch.allclose(ours, model.backbone.roberta(batch.ids).last_hidden_state, **CLOSE)
    shifted = model.backbone.roberta(batch.ids, position_ids=batch.positions).last_hidden_state
    assert not torch.allclose(ours, shifted, atol=1e-3)


def test_an_unknown_family_is_told_with_the_nearest_name(tiny, masked_words):
    with pytest.raises(ConfigError, match=r"backbone\.family: transformers knows no 'robert'; did you mean 'roberta'"):
        built(tiny("robert"), masked_words)


def test_a_family_of_another_architecture_is_refused(tiny, masked_words):
    with pytest.raises(ConfigError, match=r"backbone\.family: roberta is no encoder-decoder"):
        built(tiny("roberta", architecture="encoder_decoder"), masked_words)


@pytest.mark.parametrize("extra", [{"num_hidden_layers": "x"}, {"attention_dropout": "much"}])
def test_sizes_that_a_family_refuses_are_told(extra, tiny, masked_words):
    with pytest.raises(ConfigError, match="backbone: llama refuses its sizes"):
        built(tiny("llama", architecture="decoder", extra=extra), masked_words)


@pytest.mark.parametrize("name", ["hidden_size", "num_layers", "num_heads", "feed_forward_size"])
def test_a_size_below_one_is_told_with_its_place(name):
    with pytest.raises(ConfigError, match=f"{name}: .*found 0"):
        check_config({name: 0}, BackboneSettings, place="my.yaml")
