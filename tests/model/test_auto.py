import shutil
import subprocess
import sys

import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

import kgpt.model  # makes the Auto classes know kgpt
from kgpt.errors import CheckpointError
from kgpt.model import Nodes, build_model, save_checkpoint


@pytest.fixture
def saved(tmp_path, tiny, masked_words, capitals):
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()})
    save_checkpoint(model, masked_words, tmp_path, about={})
    return model, tmp_path


def test_the_auto_classes_open_backbone_and_parts(saved):
    model, folder = saved

    opened = AutoModel.from_pretrained(folder / "graph")

    assert isinstance(opened, kgpt.model.KgptModel)
    assert AutoConfig.from_pretrained(folder / "graph").parts["nodes"]["type"] == "nodes"
    ours, theirs = model.state_dict(), opened.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("part", ["", "graph"])
def test_the_auto_classes_agree_on_both_folders(saved, masked_words, part):
    model, folder = saved

    config = AutoConfig.from_pretrained(folder / part)
    words = AutoTokenizer.from_pretrained(folder / part)
    opened = AutoModel.from_pretrained(folder / part)

    assert config.model_type == ("kgpt" if part else "roberta")
    assert words("Berlin <entity> is")["input_ids"] == masked_words.tokenizer("Berlin <entity> is")["input_ids"]
    assert sum(one.numel() for one in opened.parameters()) <= sum(one.numel() for one in model.parameters())


def test_parts_without_their_backbone_have_no_words(saved, tmp_path):
    _, folder = saved
    alone = shutil.copytree(folder / "graph", tmp_path / "elsewhere" / "graph")

    with pytest.raises(CheckpointError, match="no backbone beside it"):
        AutoTokenizer.from_pretrained(alone)


def test_an_entitys_vector_is_had_by_its_id(saved):
    model, folder = saved

    opened = AutoModel.from_pretrained(folder / "graph")

    number = opened.entity_ids.index("Q3")
    assert torch.equal(opened.entity_embedding("Q3"), model.nodes.vectors.rows.weight[number])
    with pytest.raises(CheckpointError, match="Q64: not one of the 10 entities"):
        opened.entity_embedding("Q64")


def test_a_model_of_words_says_that_it_has_no_entity_vectors(tiny, masked_words):
    with pytest.raises(CheckpointError, match="no entity vectors"):
        build_model(tiny("roberta"), masked_words).entity_embedding("Q3")


def test_the_plain_backbone_is_opened_without_kgpt(saved):
    _, folder = saved
    program = (
        "import sys; sys.modules['kgpt'] = None\n"
        "from transformers import AutoModelForMaskedLM, AutoTokenizer\n"
        f"folder = {str(folder)!r}\n"
        "model, words = AutoModelForMaskedLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)\n"
        "print(model(**words('Berlin <entity> is', return_tensors='pt')).logits.shape[-1] == len(words))"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "True"
