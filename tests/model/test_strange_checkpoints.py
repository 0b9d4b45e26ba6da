"""Checkpoints from strangers: nothing that lies in one is unpickled or run."""

import json
import pickle

import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.model import build_model
from kgpt.model.backbone import checkpoint_architecture, load_backbone
from kgpt.sequences import load_vocabulary


@pytest.fixture
def checkpoint(tiny, masked_words, tmp_path):
    """A plain checkpoint with its weights as safetensors."""
    folder = tmp_path / "checkpoint"
    model = build_model(tiny("roberta"), masked_words, None)
    model.backbone.save_pretrained(folder)
    masked_words.save(folder)
    return folder


def test_pickled_weights_are_not_opened(checkpoint, harm):
    weights = checkpoint / "model.safetensors"
    weights.unlink()
    for name in ("pytorch_model.bin", "model.pt"):
        (checkpoint / name).write_bytes(pickle.dumps(harm))
    torch.save({"weight": torch.ones(2)}, checkpoint / "pytorch_model.bin")

    with pytest.raises(CheckpointError, match=r"no model\.safetensors, and kgpt opens no pickled weights; convert"):
        load_backbone(str(checkpoint), "encoder")
    assert not harm.path.exists()


def test_code_that_a_checkpoint_brings_is_not_run(checkpoint, harm):
    told = json.loads((checkpoint / "config.json").read_text("utf-8"))
    mine = {name: f"mine.{name}" for name in ("AutoConfig", "AutoModelForMaskedLM", "AutoTokenizer")}
    (checkpoint / "config.json").write_text(json.dumps(told | {"model_type": "mine", "auto_map": mine}), "utf-8")
    (checkpoint / "mine.py").write_text(f"open({str(harm.path)!r}, 'w')\n", "utf-8")

    with pytest.raises(CheckpointError):
        checkpoint_architecture(str(checkpoint))
    with pytest.raises(CheckpointError):
        load_backbone(str(checkpoint), "encoder")
    (checkpoint / "tokenizer_config.json").write_text(json.dumps({"auto_map": {"AutoTokenizer": ["mine.T", None]}}))
    (checkpoint / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError):
        load_vocabulary(checkpoint)
    assert not harm.path.exists()
