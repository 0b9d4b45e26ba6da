import shutil

import pytest

from kgpt.pipeline import load_results
from kgpt.recipes import recipes as registry


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

    assert told.out.splitlines()[-1] and f"name: {name}" in told.out


def test_pretrain_finds_a_learning_rate_and_draws_it(kgpt, project, finished_run, tmp_path):
    folder = shutil.copytree(finished_run, tmp_path / "run")

    told = kgpt("pretrain", project / "tiny.yaml", "--arm", "text_only", "--out", folder, "--find-learning-rate")

    assert told.status == 0
    *rows, last = told.out.splitlines()
    assert rows[0].split() == ["learning", "rate", "smoothed", "loss"] and len(rows) > 10
    assert 1e-5 < float(last.removeprefix("suggestion: --set training.learning_rate=")) < 0.1
    assert (folder / "learning-rate-text_only.svg").read_text("utf-8").startswith("<?xml")
    assert (folder / "learning-rate-text_only.png").read_bytes().startswith(b"\x89PNG")
