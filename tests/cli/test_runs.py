import shutil

import pytest
from ruamel.yaml import YAML

from kgpt.config import check_config, merge, read_config
from kgpt.pipeline import load_results
from kgpt.pipeline.config import RunConfig
from kgpt.recipes import recipes as registry
from kgpt.shipped import embedded_root

BASE = embedded_root("configs") / "base.yaml"


def test_run_goes_from_graph_to_report(kgpt, project, finished_run, tmp_path):
    folder = shutil.copytree(finished_run, tmp_path / "run")

    told = kgpt("run", project / "tiny.yaml", "--out", folder, "--json")

    assert told.status == 0
    assert told.json == load_results(folder)
    assert (folder / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_run_prints_the_table_of_arms(kgpt, project, finished_run, tmp_path):
    folder = shutil.copytree(finished_run, tmp_path / "run")

    told = kgpt("run", project / "tiny.yaml", "--out", folder, "--until", "results")

    assert [line.split()[0] for line in told.out.splitlines()[1:4]] == ["text_only", "kg_t5", "kg_t5_shuffled"]
    assert not (folder / "report.html").exists()


def test_run_stops_where_it_is_told(kgpt, project, tmp_path):
    told = kgpt("run", project / "tiny.yaml", "--out", tmp_path / "run", "--until", "linked")

    assert told.status == 0
    found = sorted(path.name for path in (tmp_path / "run").iterdir() if path.is_dir())
    assert found == ["1-graph", "2-corpus", "3-linked"]


def test_pretrain_trains_one_arm_and_prints_its_checkpoint(kgpt, project, tmp_path, finished_run):
    told = kgpt("pretrain", project / "tiny.yaml", "--out", tmp_path / "run", "--resume")

    folder = tmp_path / "run" / "6-arms" / "kg_t5" / "0" / "model"
    assert told.out.split() == [str(folder)]
    expected = finished_run / "6-arms" / "kg_t5" / "0" / "model" / "model.safetensors"
    assert (folder / "model.safetensors").read_bytes() == expected.read_bytes()


def test_report_writes_one_page(kgpt, finished_run, tmp_path):
    told = kgpt("report", finished_run, "--out", tmp_path / "report.html")

    assert told.status == 0
    assert "kg_t5_shuffled" in (tmp_path / "report.html").read_text("utf-8")


def test_show_draws_a_documents_word_knowledge_graph(kgpt, project, finished_run, tmp_path):
    folder = shutil.copytree(finished_run, tmp_path / "run")

    told = kgpt("show", project / "tiny.yaml", "--document", "dQ2", "--out", tmp_path / "d.svg", "--run", folder)

    assert told.status == 0
    drawn = (tmp_path / "d.svg").read_text("utf-8")
    assert drawn.startswith("<svg") and "Citytown2" in drawn


def test_recipes_lists_every_recipe(kgpt):
    told = kgpt("recipes")

    assert [line.split()[0] for line in told.out.splitlines()] == registry.names()


@pytest.mark.parametrize("name", registry.names())
def test_recipes_prints_a_config_to_start_from(kgpt, name):
    told = kgpt("recipes", name)

    assert f"\nname: {name}\n" in told.out
    check_config(merge(read_config(BASE), _yaml(told.out)), RunConfig, place=name)


@pytest.mark.parametrize("name", registry.names())
def test_what_recipes_prints_tells_how_to_make_it_ones_own(kgpt, name):
    printed = kgpt("recipes", name).out

    uncommented = "\n".join(line.removeprefix("# ") for line in printed.partition("# graph:")[2].splitlines()[1:])

    mine = merge(_yaml(printed), _yaml(f"graph: {{sources: [my.ttl]}}\n{uncommented}"))
    told = check_config(merge(read_config(BASE), mine), RunConfig, place=name)
    assert (told.graph.sources, told.corpus.sources) == (("my.ttl",), ("my-text.jsonl",))


def test_the_list_of_recipes_says_what_to_do_with_one(kgpt):
    told = kgpt("recipes")

    assert "kgpt recipes NAME > mine.yaml" in told.err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("kg_t5", "kg_t5: no such config; did you mean 'recipes/kg_t5'? `kgpt recipes` lists the recipes"),
        ("recipes/colak", "recipes/colak: no such config; did you mean 'recipes/colake'?"),
        ("demos", "did you mean 'demo'?"),
    ],
)
def test_a_config_that_ships_under_another_name_is_found(kgpt, command, said):
    told = kgpt("run", command)

    assert told.status == 2 and said in told.err


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (
            "embedded:recipes/kg_t6",
            "'embedded:recipes/kg_t6': no such config; did you mean 'embedded:recipes/kg_t5'?",
        ),
        ("recipes/kg_t5", "to extend the one that ships write embedded:recipes/kg_t5"),
        ("mine.yaml", "extends: 'mine.yaml': no such config"),
    ],
)
def test_extending_what_is_not_there_is_told_with_what_is(kgpt, tmp_path, base, said):
    (tmp_path / "config.yaml").write_text(f"extends: {base}\nname: mine\n")

    told = kgpt("run", tmp_path / "config.yaml")

    assert told.status == 2 and "config.yaml: extends" in told.err and said in told.err


def _yaml(text):
    told = YAML(typ="safe", pure=True).load(text)
    told.pop("extends", None)
    return told


def test_pretrain_finds_a_learning_rate_and_draws_it(kgpt, project, finished_run, tmp_path):
    folder = shutil.copytree(finished_run, tmp_path / "run")

    told = kgpt("pretrain", project / "tiny.yaml", "--arm", "text_only", "--out", folder, "--find-learning-rate")

    assert told.status == 0
    *rows, last = told.out.splitlines()
    assert rows[0].split() == ["learning", "rate", "smoothed", "loss"] and len(rows) > 10
    assert 1e-5 < float(last.removeprefix("suggestion: --set training.learning_rate=")) < 0.1
    assert (folder / "learning-rate-text_only.svg").read_text("utf-8").startswith("<?xml")
    assert (folder / "learning-rate-text_only.png").read_bytes().startswith(b"\x89PNG")
