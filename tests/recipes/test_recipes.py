import math
from pathlib import Path

import pytest
import torch

from kgpt.errors import ConfigError
from kgpt.model import build_model
from kgpt.pipeline import load_run_config
from kgpt.recipes import recipes
from kgpt.sequences import Mixture
from kgpt.sequences.repetition import repeated
from kgpt.training import TrainingSettings, train

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
FAMILY = {"encoder": "roberta", "encoder_decoder": "t5", "decoder": "llama"}
WRONG = {bool: None, int: -1, float: -0.1, tuple: [], str: None, type(None): None}
OUT_OF_RANGE = [
    (name, setting, WRONG[type(value)])
    for name in recipes.names()
    for setting, value in recipes.settings(recipes.build(name)).items()
    if WRONG[type(value)] is not None
] + [
    ("colake", "anchor_prob", 1.5),
    ("kg_t5", "num_hops", [0]),
    ("kg_t5", "path_max_degree", 0),
    ("ernie", "entity_size", 30),
]
PAIRS = [(name, architecture) for name in recipes.names() for architecture in recipes.build(name).architectures]


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_has_a_config_that_trains_it(name):
    config = load_run_config(str(CONFIGS / "recipes" / f"{name}.yaml"))

    assert name in {recipes.name_of(arm.recipe) for arm in config.arms.values()}


@pytest.mark.parametrize("name", recipes.names())
def test_every_knowledge_recipes_config_has_the_control_and_a_shuffled_arm(name):
    arms = load_run_config(str(CONFIGS / "recipes" / f"{name}.yaml")).arms

    assert recipes.name_of(arms["text_only"].recipe) == "text_only"
    if name != "text_only":
        shuffled = [recipes.name_of(arm.recipe) for arm in arms.values() if arm.knowledge == "shuffled"]
        assert shuffled == [name]


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_is_rebuilt_from_its_settings(name):
    recipe = recipes.build(name)

    assert recipes.build(recipes.settings(recipe)) == recipe


@pytest.mark.parametrize(("name", "setting", "value"), OUT_OF_RANGE)
def test_a_setting_out_of_range_is_refused(name, setting, value):
    with pytest.raises(ConfigError, match=f"^{setting}"):
        recipes.build({"type": name, setting: value})


@pytest.mark.parametrize(("name", "architecture"), PAIRS)
def test_every_objective_of_a_recipe_is_asked_by_its_streams(name, architecture, training_data, tiny):
    recipe, data = recipes.build(name), training_data(architecture)
    model = build_model(
        tiny(FAMILY[architecture], architecture=architecture), data.vocabulary, data.graph, recipe.parts(architecture)
    )
    mixture = Mixture(recipe.streams(data, architecture), tokens_per_step=600, seed=0, pad_id=data.vocabulary.pad)

    heads = {head for batch in mixture.batches(0) for head in model(batch)}

    assert heads == {objective.head for objective in recipe.objectives(architecture)}


@pytest.mark.parametrize(("name", "architecture"), PAIRS)
def test_a_recipe_trains_three_steps(name, architecture, training_data, tiny, tmp_path):
    recipe, data = recipes.build(name), training_data(architecture)
    torch.manual_seed(0)
    model = build_model(
        tiny(FAMILY[architecture], architecture=architecture), data.vocabulary, data.graph, recipe.parts(architecture)
    )
    before = {key: value.clone() for key, value in model.state_dict().items()}
    mixture = Mixture(recipe.streams(data, architecture), tokens_per_step=200, seed=0, pad_id=data.vocabulary.pad)
    settings = TrainingSettings(steps=3, tokens_per_step=200, checkpoint_every=0, log_every=1, num_threads=1)

    result = train(model, mixture, recipe.objectives(architecture), settings, folder=tmp_path, seed=0)

    assert len(result.curve) == 3
    assert all(math.isfinite(row["loss"]) and row["loss"] > 0 for row in result.curve)
    learnt = {key for key, parameter in model.named_parameters() if parameter.requires_grad}
    unmoved = [key for key, value in model.state_dict().items() if key in learnt and torch.equal(value, before[key])]
    assert not [key for key in unmoved if key.endswith(("weight", "bias")) and "token_type" not in key]


@pytest.mark.parametrize("name", recipes.names())
def test_what_shows_the_passages_facts_is_repeated_by_slice(name, training_data):
    recipe = recipes.build({"type": name} | ({"corpus": "sentences"} if name == "kg_t5" else {}))
    for architecture in recipe.architectures:
        data = training_data(architecture)
        none = dict.fromkeys(data.passages.slices, 0.0)
        for stream, told in recipe.streams(data, architecture).items():
            left = len(repeated(told.stream, none, text=data.passages))
            assert (left == 0) == (told.shows == "passages"), stream
