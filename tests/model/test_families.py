"""Every family that kgpt says it can train, against transformers' own way of running it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from kgpt.errors import CheckpointError, ConfigError
from kgpt.model import BackboneSettings, LongContextSettings, Nodes, build_model, load_checkpoint, save_checkpoint
from kgpt.model.family import config_sizes
from kgpt.model.stack import layers_of
from kgpt.objectives import CAUSAL_LM, MASKED_LM, SPAN_CORRUPTION, RouterBalance, combine, expert_load
from kgpt.sequences import NO_TARGET, collate
from kgpt.sequences.packing import pack
from kgpt.sequences.sequence import plain_sequence

DECODERS = ("llama", "qwen2", "qwen3", "mistral", "mixtral", "qwen3_moe", "gpt_neox", "gpt2", "gptj", "falcon", "opt")
FAMILIES = {
    "bert": "encoder",
    "roberta": "encoder",
    "distilbert": "encoder",
    "modernbert": "encoder",
    "xlm-roberta": "encoder",
    "camembert": "encoder",
    "roberta-prelayernorm": "encoder",
    "data2vec-text": "encoder",
    "xlm-roberta-xl": "encoder",
    "t5": "encoder_decoder",
    "bart": "encoder_decoder",
} | dict.fromkeys(DECODERS, "decoder")
EXTRA = {
    "mixtral": {"num_local_experts": 4, "num_experts_per_tok": 2, "router_aux_loss_coef": 0.02},
    "qwen3_moe": {"num_experts": 4, "num_experts_per_tok": 2, "decoder_sparse_step": 1},
}
OBJECTIVE = {"encoder": MASKED_LM, "decoder": CAUSAL_LM, "encoder_decoder": SPAN_CORRUPTION}


def built(family, tiny, vocabulary, **changes):
    torch.manual_seed(0)
    settings = tiny(family, architecture=FAMILIES[family], **({"extra": EXTRA[family]} if family in EXTRA else {}))
    return build_model(settings.model_copy(update=changes), vocabulary).eval()


def texts(vocabulary, *lengths, architecture="decoder"):
    """Sequences of random words that ask for every next word, or for every third, or for some to be written."""
    rng, found = np.random.default_rng(0), []
    for length in lengths:
        ids = rng.integers(5, vocabulary.size, length)
        if architecture == "encoder_decoder":
            found.append(plain_sequence(ids, decoder_targets=rng.integers(5, vocabulary.size, 4)))
            continue
        targets = np.append(ids[1:], NO_TARGET) if architecture == "decoder" else np.where(ids % 3, NO_TARGET, ids)
        targets[0] = ids[0] if architecture == "encoder" else targets[0]
        found.append(plain_sequence(ids, targets=targets))
    return found


def stock_loss(model, batch):
    """What transformers makes of the same words and targets."""
    keywords = {"input_ids": batch.ids, "attention_mask": batch.present.long()}
    if batch.decoder_targets is not None:
        return model.backbone(**keywords, labels=batch.decoder_targets).loss
    logits = model.backbone(**keywords).logits
    asked = batch.targets != NO_TARGET
    return torch.nn.functional.cross_entropy(logits[asked], batch.targets[asked])


@pytest.mark.parametrize("family", [one for one in FAMILIES if one != "bart"])
def test_sizes_and_dropout_are_those_of_the_settings(family, tiny, masked_words):
    model = built(family, tiny, masked_words, num_layers=2, feed_forward_size=44, dropout=0.25)
    rates = {one.p for one in model.backbone.modules() if isinstance(one, torch.nn.Dropout) and one.p}
    shapes = [size for one in layers_of(model.backbone).parameters() for size in one.shape]

    assert len(layers_of(model.backbone)) == 2
    assert rates == {0.25} or (not rates and 0.25 in model.config.to_dict().values())
    assert 44 in shapes or 88 in shapes  # the two matrices of a gate may lie in one
    assert model.words.embedding_dim == 32


@pytest.mark.parametrize("family", ["funnel", "gemma3", "ctrl"])
def test_a_family_whose_sizes_have_other_names_is_told(family, tiny, masked_words):
    with pytest.raises(ConfigError, match=rf"backbone\.family: {family} calls its sizes by names that kgpt does not"):
        build_model(tiny(family, architecture="decoder"), masked_words)


@pytest.mark.parametrize("family", ["marian", "m2m_100", "switch_transformers"])
def test_the_sizes_of_relatives_of_bart_and_t5_are_those_of_the_settings(family, tiny):
    told = config_sizes(tiny(family, architecture="encoder_decoder", num_layers=2, feed_forward_size=44))
    config = CONFIG_MAPPING[family](**told).to_dict()

    sizes = {config.get(one) for one in ("encoder_ffn_dim", "decoder_ffn_dim", "d_ff")} - {None}
    layers = {config.get(one) for one in ("encoder_layers", "decoder_layers", "num_decoder_layers")} - {None}
    assert (sizes, layers, config["d_model"]) == ({44}, {2}, 32)


@pytest.mark.parametrize("family", ["bloom", "mpt"])
def test_a_family_without_a_feed_forward_size_of_its_own_is_told(family, tiny, masked_words):
    settings = tiny(family, architecture="decoder")

    with pytest.raises(ConfigError, match=r"backbone\.feed_forward_size: .* set 128"):
        build_model(settings, masked_words)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_loss_is_transformers_own(family, tiny, masked_words):
    model, architecture = built(family, tiny, masked_words), FAMILIES[family]
    batch = collate(texts(masked_words, 9, 9, architecture=architecture), pad_id=masked_words.pad)

    ours = combine([OBJECTIVE[architecture]], [model(batch)]).total

    assert ours.item() == pytest.approx(stock_loss(model, batch).item(), rel=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_padding_changes_no_loss(family, tiny, masked_words):
    model, architecture = built(family, tiny, masked_words), FAMILIES[family]
    short, long = texts(masked_words, 5, 11, architecture=architecture)

    alone = [combine([OBJECTIVE[architecture]], [model(collate([one], pad_id=0))]) for one in (short, long)]
    padded = model(collate([short, long], pad_id=0))

    told = next(iter(padded.values()))
    sums = [
        torch.nn.functional.cross_entropy(told.logits[told.rows == row], told.targets[told.rows == row])
        for row in (0, 1)
    ]
    assert [one.total.item() for one in alone] == pytest.approx([one.item() for one in sums], rel=1e-4)


@pytest.mark.parametrize("family", ["bert", "roberta", "modernbert", *DECODERS])
def test_packed_sequences_have_the_loss_they_have_alone(family, tiny, masked_words):
    if family in {"mixtral", "qwen3_moe"}:
        pytest.skip("experts are the same, and the order of sums is not")
    model, architecture = built(family, tiny, masked_words), FAMILIES[family]
    sequences = texts(masked_words, 7, 4, 9, architecture=architecture)

    apart = combine([OBJECTIVE[architecture]], [model(collate(sequences, pad_id=0))]).total
    packed = collate(pack(sequences, max_tokens=13), pad_id=0)

    assert len(packed.ids) == 2
    assert combine([OBJECTIVE[architecture]], [model(packed)]).total.item() == pytest.approx(apart.item(), rel=1e-4)


@pytest.mark.parametrize("family", DECODERS)
def test_a_decoder_sees_no_word_behind(family, tiny, masked_words):
    model = built(family, tiny, masked_words)
    batch = collate(texts(masked_words, 8), pad_id=0)
    other = replace(batch, ids=batch.ids.clone())
    other.ids[0, 5:] = torch.flip(other.ids[0, 5:], dims=[0])

    logits, changed = (model(one)["word"].logits for one in (batch, other))

    assert torch.allclose(logits[:5], changed[:5], atol=1e-6)
    assert not torch.allclose(logits[5:], changed[5:])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_saved_model_is_opened_by_kgpt_and_by_transformers_alike(family, tiny, masked_words, tmp_path):
    from transformers import AutoModel

    model = built(family, tiny, masked_words)
    batch = collate(texts(masked_words, 6, architecture=FAMILIES[family]), pad_id=masked_words.pad)

    save_checkpoint(model, masked_words, tmp_path, about={})
    loaded = load_checkpoint(str(tmp_path))

    assert loaded.architecture == FAMILIES[family]
    ours, theirs = (next(iter(one(batch).values())).logits for one in (model, loaded.model.eval()))
    assert torch.allclose(ours, theirs, atol=1e-6)
    assert AutoModel.from_pretrained(tmp_path).config.model_type == model.config.model_type
    assert not list(tmp_path.glob("*.bin"))


@pytest.mark.parametrize("family", ["mixtral", "qwen3_moe"])
def test_experts_have_a_balance_loss_and_a_load(family, tiny, masked_words):
    model = built(family, tiny, masked_words)
    batch = collate(texts(masked_words, 9, 6), pad_id=0)

    outputs = model(batch)
    loss = combine([RouterBalance(weight=1.0)], [outputs]).total

    theirs = model.backbone(
        input_ids=batch.ids, attention_mask=batch.present.long(), output_router_logits=True
    ).aux_loss
    assert loss.item() == pytest.approx(theirs.item(), rel=1e-5)
    load = expert_load([outputs])
    assert load.shape == (1, 4)
    assert load.sum(dim=1).tolist() == pytest.approx([1.0])


@pytest.mark.parametrize("method", ["theta", "linear", "yarn"])
@pytest.mark.parametrize("family", ["llama", "qwen3", "modernbert", "roberta", "bart"])
def test_a_lengthened_checkpoint_reads_longer_sequences(family, method, tiny, masked_words, tmp_path):
    model = built(family, tiny, masked_words, max_positions=32)
    save_checkpoint(model, masked_words, tmp_path, about={})
    settings = BackboneSettings(
        checkpoint=str(tmp_path),
        architecture=FAMILIES[family],
        long_context=LongContextSettings(max_positions=64, method=method),
    )

    longer = build_model(settings, masked_words).eval()

    batch = collate(texts(masked_words, 60, architecture=FAMILIES[family]), pad_id=0)
    assert torch.isfinite(next(iter(longer(batch).values())).logits).all()
    assert longer.words.weight.equal(model.words.weight)
    before, after = (getattr(one.config, "max_position_embeddings", 0) for one in (model, longer))
    assert after - before >= 25


@pytest.mark.parametrize("family", ["roberta", "bert", "bart"])
def test_a_sequence_beyond_the_learnt_positions_is_told(family, tiny, masked_words):
    model = built(family, tiny, masked_words, max_positions=16)
    batch = collate(texts(masked_words, 60, architecture=FAMILIES[family]), pad_id=0)

    with pytest.raises(ConfigError, match=r"backbone\.max_positions: the backbone reads \d+ positions"):
        model(batch)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"extra": {"hidden_dropout_prb": 0.1}},
            "backbone.extra.hidden_dropout_prb: .*did you mean 'hidden_dropout_prob'",
        ),
        ({"num_heads": 3}, "roberta refuses its sizes: .*32"),
        ({"architecture": "encoder_decoder"}, "roberta is no encoder-decoder; take another family"),
    ],
)
def test_settings_that_a_family_refuses_are_told(changes, message, tiny, masked_words):
    with pytest.raises(ConfigError, match=message):
        build_model(tiny("roberta").model_copy(update=changes), masked_words)


def test_the_folder_of_graph_parts_is_no_checkpoint(tiny, masked_words, capitals, tmp_path):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()})
    save_checkpoint(model, masked_words, tmp_path, about={})

    with pytest.raises(CheckpointError, match="the one above"):
        load_checkpoint(str(tmp_path / "graph"))


@pytest.mark.parametrize(
    ("family", "extra"), [("modernbert", {"local_attention": 8}), ("mistral", {"sliding_window": 4})]
)
def test_layers_that_see_a_window_see_it_in_packed_sequences_too(family, extra, tiny, masked_words):
    model, architecture = built(family, tiny, masked_words, num_layers=2, extra=extra), FAMILIES[family]
    wide = built(family, tiny, masked_words, num_layers=2)
    sequences = texts(masked_words, 30, 24, architecture=architecture)

    packed = collate(pack(sequences, max_tokens=60), pad_id=0)
    apart = torch.cat([model(collate([one], pad_id=0))["word"].logits for one in sequences])

    assert len(packed.ids) == 1
    assert torch.allclose(model(packed)["word"].logits, apart, atol=1e-5)
    assert not torch.allclose(wide(packed)["word"].logits, apart, atol=1e-4)
