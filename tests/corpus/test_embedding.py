"""Checkpoints that embed texts: nothing in one is unpickled or run, and none is used half."""

import json

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, RobertaConfig, RobertaModel

from kgpt.corpus.embedding import CheckpointEncoder, worker_encoder
from kgpt.errors import DataError

WORDS = ["[PAD]", "[UNK]", "one", "two", "three"]
SIZES = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}


def write_tokenizer(folder, *, pad="[PAD]"):
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=pad, unk_token="[UNK]").save_pretrained(folder)


@pytest.fixture
def checkpoint(tmp_path):
    """A tiny encoder with its weights as safetensors."""
    folder = tmp_path / "checkpoint"
    write_tokenizer(folder)
    BertModel(BertConfig(vocab_size=len(WORDS), **SIZES)).save_pretrained(folder)
    return folder


def test_pickled_weights_are_not_opened(checkpoint):
    (checkpoint / "model.safetensors").unlink()
    torch.save(BertModel(BertConfig(vocab_size=len(WORDS), **SIZES)).state_dict(), checkpoint / "pytorch_model.bin")

    with pytest.raises(DataError, match=r"checkpoint: cannot be opened, as safetensors and without code of its own"):
        CheckpointEncoder(checkpoint)


def test_code_that_a_checkpoint_brings_is_not_run(checkpoint, tmp_path):
    told = json.loads((checkpoint / "config.json").read_text("utf-8"))
    mine = {"AutoConfig": "mine.AutoConfig", "AutoModel": "mine.AutoModel"}
    (checkpoint / "config.json").write_text(json.dumps(told | {"model_type": "mine", "auto_map": mine}), "utf-8")
    (checkpoint / "mine.py").write_text(f"open({str(tmp_path / 'harmed')!r}, 'w')\n", "utf-8")

    with pytest.raises(DataError, match="cannot be opened"):
        CheckpointEncoder(checkpoint)
    assert not (tmp_path / "harmed").exists()


def test_weights_that_are_not_there_are_not_made_up(checkpoint):
    config = BertConfig(vocab_size=len(WORDS), **SIZES | {"num_hidden_layers": 2})
    config.save_pretrained(checkpoint)

    with pytest.raises(DataError, match=r"lacks 16 of the weights, encoder\.layer\.1\..* is it whole\?"):
        CheckpointEncoder(checkpoint)


def test_a_tokenizer_that_cannot_pad_is_told(checkpoint):
    write_tokenizer(checkpoint, pad=None)

    with pytest.raises(DataError, match="neither padding nor end"):
        CheckpointEncoder(checkpoint)


@pytest.mark.parametrize(("kind", "settings"), [(BertModel, BertConfig), (RobertaModel, RobertaConfig)])
def test_a_text_longer_than_the_positions_is_cut(kind, settings, tmp_path):
    write_tokenizer(tmp_path)
    config = settings(vocab_size=len(WORDS), max_position_embeddings=20, pad_token_id=0, **SIZES)
    kind(config).save_pretrained(tmp_path)

    vectors = CheckpointEncoder(tmp_path).encode(["one two three " * 40])

    assert vectors.shape == (1, 32)


def test_a_vector_is_the_same_beside_a_longer_text(checkpoint):
    told = json.loads((checkpoint / "tokenizer_config.json").read_text("utf-8"))
    (checkpoint / "tokenizer_config.json").write_text(json.dumps(told | {"padding_side": "left"}), "utf-8")
    encoder = CheckpointEncoder(checkpoint)

    alone, beside = encoder.encode(["one two"])[0], encoder.encode(["one two", "three " * 30])[0]

    assert np.abs(alone - beside).max() < 1e-5


def test_a_checkpoint_is_opened_once_and_again_when_another_lies_there(checkpoint):
    first = worker_encoder(checkpoint)
    assert worker_encoder(checkpoint) is first

    BertModel(BertConfig(vocab_size=len(WORDS), **SIZES | {"hidden_size": 16})).save_pretrained(checkpoint)

    assert worker_encoder(checkpoint).encode(["one"]).shape == (1, 16)
