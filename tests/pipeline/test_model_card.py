import json
from dataclasses import replace

import pytest
from huggingface_hub import ModelCard
from ruamel.yaml import YAML

from kgpt.pipeline import load_run_config
from kgpt.pipeline.arm import Arm
from kgpt.pipeline.model_card import model_card, write_card
from kgpt.pipeline.slices import Slice, write_slices
from kgpt.records import Outcome

PIPELINES = {"fill-mask", "text-generation"}
"""Those of the Hub's tasks that kgpt's models serve."""
SLICES = [Slice("wiki", "CC-BY-SA-4.0", "en", 3, 60), Slice("mine", "not stated", "not stated", 1, 20)]


@pytest.fixture
def arm(project, tmp_path):
    for folder in ("1-graph", "5-sequences"):
        (tmp_path / folder).mkdir()
    (tmp_path / "1-graph" / "manifest.json").write_text(json.dumps({"num_out": 1234}))
    (tmp_path / "5-sequences" / "overlap.json").write_text(json.dumps({"num_test": 14, "facts_in_text": 6}))
    write_slices(tmp_path / "5-sequences", SLICES)
    return Arm(load_run_config(str(project / "tiny.yaml")), tmp_path, "kg_t5", 0)


def head(card):
    return YAML(typ="safe").load(card.split("---")[1])


def test_the_head_is_what_the_hub_reads(arm):
    told = head(model_card(arm))

    assert told["library_name"] == "transformers"
    assert told["language"] == ["en"]
    assert told["license"] == "cc-by-sa-4.0"
    assert "license_name" not in told and "base_model" not in told
    assert "kg_t5" in told["tags"]


def test_the_hubs_own_reader_takes_the_head(arm):
    outcomes = [Outcome("qa", str(i), "exact_match", float(i < 3), ("graph_only",), "") for i in range(4)]

    told = ModelCard(model_card(arm, outcomes), ignore_metadata_errors=False).data

    assert (told.library_name, told.pipeline_tag, told.license) == ("transformers", "text-generation", "cc-by-sa-4.0")
    assert told.pipeline_tag in PIPELINES
    assert {(one.task_type, one.metric_type, one.metric_value) for one in told.eval_results} == {
        ("qa", "exact_match", 0.75)
    }


def test_several_licences_have_a_name_and_a_file(arm, tmp_path):
    write_slices(arm.run / "5-sequences", [*SLICES, Slice("news", "My own", "de", 1, 5)])

    write_card(tmp_path, arm)

    told = head((tmp_path / "README.md").read_text("utf-8"))
    assert told["license"] == "other" and told["license_name"] == "cc-by-sa-4.0-and-my-own"
    assert told["language"] == ["de", "en"]
    assert "| news | My own |" in (tmp_path / told["license_link"]).read_text("utf-8")


@pytest.mark.parametrize(("checkpoint", "told"), [("google/flan-t5-base", "google/flan-t5-base"), ("{here}", None)])
def test_the_card_names_a_checkpoint_of_the_hub_and_no_path(arm, project, tmp_path, checkpoint, told):
    name = checkpoint.format(here=tmp_path / "t5")
    continued = load_run_config(str(project / "tiny.yaml"), [f"backbone.checkpoint={name}"])

    card = model_card(replace(arm, config=continued))

    assert head(card).get("base_model") == told
    assert str(tmp_path) not in card


def test_every_slice_is_told_with_its_licence(arm):
    card = model_card(arm)

    assert "| wiki | CC-BY-SA-4.0 | en | 3 | 60 |" in card
    assert "| mine | not stated | not stated | 1 | 20 |" in card
    assert "1,234 triples" in card
    assert "| facts in text | 6 |" in card


def test_figures_stand_where_there_are_any(arm):
    outcomes = [Outcome("qa", str(i), "exact_match", float(i < 3), ("graph_only",), "") for i in range(4)]

    card = model_card(arm, outcomes)

    assert "Not measured yet" in model_card(arm)
    assert "| qa | graph_only | exact_match | 0.750 | 4 |" in card
    (model,) = head(card)["model-index"]
    assert model["results"][0]["metrics"] == [{"type": "exact_match", "value": 0.75}]


def test_the_card_of_a_finished_run_has_the_run_s_table(arm):
    measure = {"task": "qa", "subset": "graph_only", "metric": "exact_match"}
    values = {"text_only": (0.1, 0.1), "kg_t5": (0.5, 0.7)}
    rows = [
        {"arm": a, "seed": s, **measure, "value": v, "n": 4} for a, two in values.items() for s, v in enumerate(two)
    ]
    told = {"difference": 0.5, "ci95": [0.4, 0.6], "p_value": 1e-5, "p_adjusted": 2e-5, "effect_size": None}
    compared = {"arm": "kg_t5", "control": "text_only", **measure, **told, "num_seeds": 2, "family": "headline"}
    outcomes = [Outcome("qa", "q", "exact_match", 1.0, ("graph_only",), "")]

    card = model_card(arm, outcomes, {"results": rows, "comparisons": [compared]})

    assert "| kg_t5 | 0.600 ± 0.141 |" in card
    assert (
        "| kg_t5 against text_only | qa graph only exact match | +0.500 | [+0.400, +0.600] | < 0.001 | – | 2 |" in card
    )


def test_a_control_on_a_wrong_graph_is_called_one(arm):
    shuffled = [name for name, told in arm.config.arms.items() if told.knowledge == "shuffled"]

    assert "wrong on purpose" not in model_card(arm)
    for name in shuffled:
        assert "wrong on purpose" in model_card(Arm(arm.config, arm.run, name, 0))
    assert shuffled
    arms = {
        name: arm.config.arms["kg_t5"].model_copy(update={"knowledge": name}) for name in ("type_consistent", "off")
    }
    config = arm.config.model_copy(update={"arms": arm.config.arms | arms})
    told = {name: model_card(Arm(config, arm.run, name, 0)) for name in arms}
    assert "trained on a graph with tails swapped within types" in told["type_consistent"]
    assert "wrong on purpose" in told["type_consistent"] and "wrong on purpose" not in told["off"]
    assert "the graph was left out" in told["off"]
