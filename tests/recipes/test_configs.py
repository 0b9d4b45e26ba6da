import re
from pathlib import Path

import pytest
import torch

from kgpt.corpus import corpus_steps
from kgpt.model.backbone import build_backbone
from kgpt.pipeline import load_run_config
from kgpt.recipes import recipes
from kgpt.sources import open_documents, open_graph, open_questions

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
FILES = sorted(str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob("*.yaml") if path.parent.name != "launch")


FOLDERS = {
    "kg": ["triples.tsv"],
    "kg/codex-s": ["train.txt"],
    "kg/wiki27k": ["train.txt"],
    "metaqa": ["train.tsv", "1-hop_dev.txt"],
}
"""What lies in a folder that configs name as a source."""


@pytest.fixture
def data_dir(tmp_path):
    """A folder that holds what configs with `data_dir` name: all files empty."""
    text = "".join((CONFIGS / name).read_text("utf-8") for name in FILES)
    named = [one for one in re.findall(r"\{data_dir\}/([^\s\"\]?,}]+)", text) if Path(one).suffix]
    for name in [*named, *(f"{folder}/{one}" for folder, files in FOLDERS.items() for one in files)]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_config_is_decoded_and_its_parts_are_built(name, data_dir, writing_words):
    config = load_run_config(str(CONFIGS / name), [f"data_dir={data_dir}"])

    for arm in config.arms:
        recipe, backbone = config.arms[arm].built_recipe(), config.backbone_of(arm)
        assert recipe.objectives(backbone.architecture)
        with torch.device("meta"):
            build_backbone(backbone, writing_words)
    assert all(corpus_steps.name_of(step) for linked in (False, True) for step in config.corpus_steps(linked=linked))
    assert [open_graph(one) for one in config.resolve(config.graph.sources, "graph.sources")]
    assert [open_documents(one) for one in config.resolve(config.corpus.sources, "corpus.sources")]
    assert all(open_questions(one) for one in config.resolve(config.questions.sources, "questions.sources"))


@pytest.mark.parametrize("name", [one for one in FILES if one != "base.yaml"])
def test_a_config_has_a_name_of_its_own_and_a_control(name):
    config = load_run_config(str(CONFIGS / name))

    assert config.name == Path(name).stem
    assert recipes.name_of(config.arms[config.control].recipe) == "text_only"


@pytest.mark.parametrize("name", FILES)
def test_all_arms_of_a_config_train_the_same_backbone(name):
    config = load_run_config(str(CONFIGS / name))

    assert len({config.backbone_of(arm).model_dump_json() for arm in config.arms}) == 1


@pytest.mark.parametrize("name", FILES)
def test_an_arm_called_shuffled_is_the_twin_of_another(name):
    arms = load_run_config(str(CONFIGS / name)).arms

    for twin, told in arms.items():
        if told.knowledge == "shuffled":
            assert told == arms[twin.removesuffix("_shuffled")].model_copy(update={"knowledge": "shuffled"})
