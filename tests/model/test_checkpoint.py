import errno
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel

from kgpt.errors import CheckpointError, StoreError
from kgpt.model import BackboneSettings, Nodes, build_model, load_checkpoint, save_checkpoint
from kgpt.sequences import collate, load_vocabulary
from kgpt.sequences.sequence import plain_sequence

WITHOUT_KGPT = """
import sys
sys.modules["kgpt"] = None
import torch, transformers
folder, auto, out = sys.argv[1:]
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
model = getattr(transformers, auto).from_pretrained(folder).eval()
inputs = tokenizer(["Berlin is the capital of Germany", "Rome"], return_tensors="pt", padding=True)
inputs.pop("token_type_ids", None)
labels = {"labels": inputs["input_ids"]} if model.config.is_encoder_decoder else {}
torch.save({"ids": inputs["input_ids"], "logits": model(**inputs, **labels).logits.detach()}, out)
"""


@pytest.fixture(params=["t5", "roberta"])
def saved(request, tmp_path, tiny, writing_words, masked_words):
    """A tiny model in a folder, with what it was."""
    vocabulary = writing_words if request.param == "t5" else masked_words
    torch.manual_seed(0)
    model = build_model(tiny(request.param), vocabulary, None).eval()
    save_checkpoint(model, vocabulary, tmp_path, about={"run": "test"})
    return tmp_path, model, vocabulary


@pytest.fixture
def saved_graph(tmp_path, tiny, masked_words, capitals):
    """A tiny model with graph tables in a folder."""
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()}).eval()
    save_checkpoint(model, masked_words, tmp_path, about={})
    return tmp_path, model


def texts(vocabulary, **keywords):
    ids = vocabulary.encode_wrapped("Berlin is the capital of Germany", max_tokens=64)
    return collate([plain_sequence(ids, **keywords)], pad_id=vocabulary.pad)


def test_the_auto_classes_open_the_folder_without_kgpt_and_give_the_same_logits(saved, tmp_path):
    folder, model, _ = saved
    seq2seq = model.config.is_encoder_decoder
    auto, out = "AutoModelForSeq2SeqLM" if seq2seq else "AutoModelForMaskedLM", tmp_path / "out.pt"

    subprocess.run([sys.executable, "-c", WITHOUT_KGPT, str(folder), auto, str(out)], check=True)

    told = torch.load(out)
    labels = {"labels": told["ids"]} if seq2seq else {}
    expected = model.backbone(told["ids"], attention_mask=(told["ids"] != 0).long(), **labels).logits
    assert torch.allclose(told["logits"], expected, atol=1e-5)


def test_a_loaded_checkpoint_has_every_weight_and_every_word(saved):
    folder, model, vocabulary = saved

    loaded = load_checkpoint(str(folder))

    weights = loaded.model.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())
    assert loaded.vocabulary.encode("Berlin").tolist() == vocabulary.encode("Berlin").tolist()
    assert loaded.about == {"run": "test"}
    assert loaded.architecture == ("encoder_decoder" if model.config.is_encoder_decoder else "encoder")


def test_the_graphs_parts_come_back_with_the_backbone(saved_graph, capitals):
    folder, model = saved_graph

    loaded = load_checkpoint(str(folder)).model

    weights = loaded.state_dict()
    assert weights.keys() == model.state_dict().keys()
    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())
    told = (folder / "graph" / "entities.txt").read_text().split()
    assert told == list(capitals.entities.ids)


def test_training_goes_on_from_a_saved_checkpoint(saved):
    folder, model, vocabulary = saved
    architecture = "encoder_decoder" if model.config.is_encoder_decoder else "encoder"
    settings = BackboneSettings(checkpoint=str(folder), architecture=architecture)

    continued = build_model(settings, load_vocabulary(folder), None)

    asked = {"decoder_targets": vocabulary.encode("Berlin")}
    if architecture == "encoder":
        asked = {"targets": vocabulary.encode_wrapped("Berlin is the capital of Germany", max_tokens=64)}
    (head,) = model(texts(vocabulary, **asked)).values()
    (again,) = continued.eval()(texts(vocabulary, **asked)).values()
    assert torch.allclose(head.logits, again.logits, atol=1e-5)


def test_a_continued_checkpoint_gets_rows_for_the_graph(saved_graph, capitals):
    folder, _ = saved_graph
    vocabulary = load_vocabulary(folder)

    settings = BackboneSettings(checkpoint=str(folder), architecture="encoder")
    model = build_model(settings, vocabulary, capitals, {"nodes": Nodes()})

    words = vocabulary.encode(capitals.entities.label(0))
    expected = model.words.weight[torch.from_numpy(np.array(words))].mean(dim=0)
    assert torch.allclose(model.nodes.vectors.rows.weight[0], expected)


def test_a_backbone_with_too_few_rows_gets_one_for_every_word(tmp_path, tiny, masked_words):
    small = build_model(tiny("roberta", extra={"vocab_size": masked_words.size - 20}), masked_words, None)
    small.backbone.resize_token_embeddings(masked_words.size - 20)
    small.backbone.save_pretrained(tmp_path)

    model = build_model(BackboneSettings(checkpoint=str(tmp_path), architecture="encoder"), masked_words, None)

    assert model.words.weight.shape[0] == masked_words.size


def torn(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.unlink()


def garbled(path):
    path.write_text("{", "utf-8")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", torn),
        ("model.safetensors", emptied),
        ("config.json", garbled),
        ("config.json", emptied),
        ("tokenizer.json", emptied),
        ("tokenizer.json", garbled),
        ("kgpt.json", garbled),
        ("graph/graph_parts.safetensors", torn),
        ("graph/graph_parts.safetensors", emptied),
        ("graph/entities.txt", emptied),
        ("graph/entities.txt", garbled),
    ],
)
def test_a_damaged_checkpoint_is_refused_with_its_path(saved_graph, name, damage):
    folder, _ = saved_graph
    damage(folder / name)

    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(str(folder))

    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="not a Hugging Face checkpoint"):
        load_checkpoint(str(tmp_path))


def test_a_decoder_without_a_tokenizer_is_refused(tmp_path):
    config = GPT2Config(n_embd=8, n_layer=1, n_head=1, vocab_size=20, n_positions=8, bos_token_id=0, eos_token_id=1)
    GPT2LMHeadModel(config).save_pretrained(tmp_path)

    with pytest.raises(CheckpointError, match="no tokenizer there"):
        load_checkpoint(str(tmp_path))


def test_an_encoder_cannot_be_continued_as_an_encoder_decoder(saved_graph, masked_words):
    folder, _ = saved_graph

    with pytest.raises(CheckpointError, match="cannot be loaded as encoder-decoder"):
        build_model(BackboneSettings(checkpoint=str(folder)), masked_words, None)


def test_a_weight_that_the_file_lacks_is_not_made_up(saved):
    folder, _, _ = saved
    weights = load_file(folder / "model.safetensors")
    lost = next(name for name in weights if name.endswith(("lm_head.dense.weight", "SelfAttention.k.weight")))
    kept = {name: value for name, value in weights.items() if name != lost}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})

    with pytest.raises(CheckpointError, match=f"lacks 1 of the weights, {lost} first"):
        load_checkpoint(str(folder))


def test_a_full_disk_is_told_as_such(tmp_path, tiny, masked_words, monkeypatch):
    model = build_model(tiny("roberta"), masked_words, None)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StoreError, match=r"cannot be written: No space left on device"):
        save_checkpoint(model, masked_words, tmp_path, about={})


@pytest.mark.parametrize("family", ["bert", "modernbert", "bart"])
def test_other_families_come_back_whole_too(family, tmp_path, tiny, masked_words):
    model = build_model(tiny(family), masked_words, None)
    save_checkpoint(model, masked_words, tmp_path, about={})

    weights = load_checkpoint(str(tmp_path)).model.state_dict()

    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())


def test_a_loaded_checkpoint_leaves_the_file_alone_that_another_training_maps(tmp_path, tiny, masked_words, capitals):
    rows = tmp_path / "rows.f32"
    nodes = {"nodes": Nodes(memory_map=str(rows))}
    model = build_model(tiny("roberta"), masked_words, capitals, nodes)
    save_checkpoint(model, masked_words, tmp_path / "saved", about={})
    with torch.no_grad():
        model.nodes.vectors.rows.weight.fill_(2.0)

    loaded = load_checkpoint(str(tmp_path / "saved"))

    assert (model.nodes.vectors.rows.weight == 2.0).all()
    assert not (loaded.model.nodes.vectors.rows.weight == 2.0).all()
    rows.unlink()
    load_checkpoint(str(tmp_path / "saved"))
    assert not rows.exists()
