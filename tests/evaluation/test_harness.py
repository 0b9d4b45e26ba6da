import json
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kgpt.errors import CheckpointError, ConfigError
from kgpt.evaluation import Exam, FactSubsets, asked_facts, evaluate_questions, harness
from kgpt.evaluation.harness import (
    HarnessForm,
    ask_harness,
    harness_rows,
    run_harness,
    write_cloze_task,
    write_question_task,
)
from kgpt.model import save_checkpoint
from kgpt.records import Result


def task_and_rows(folder, name):
    task = YAML(typ="safe").load((folder / f"{name}.yaml").read_text("utf-8"))
    data = task["dataset_kwargs"]["data_files"]["test"]
    return task, [json.loads(line) for line in Path(data).read_text("utf-8").splitlines()]


def test_questions_are_asked_as_kgpt_asks_them(speaker, writer, capital_questions, tmp_path):
    name = write_question_task(tmp_path, capital_questions, HarnessForm.of(speaker))

    task, rows = task_and_rows(tmp_path, name)

    assert (task["task"], task["doc_to_text"]) == ("harness_qa", "Question: {{query}} Answer:")
    assert rows[0] == {"query": "What is the capital of Germany?", "answers": ["Berlin"]}
    assert HarnessForm.of(writer).question == "{{query}} <extra_id_0>"


def test_a_fact_has_the_right_tail_among_its_choices(writer, capitals, tmp_path):
    facts = asked_facts(capitals, FactSubsets(graph=capitals, stated=(), popular={}), max_facts=50)

    name = write_cloze_task(tmp_path, facts, capitals, HarnessForm.of(writer), num_choices=3)

    task, rows = task_and_rows(tmp_path, name)
    assert task["target_delimiter"] == "<extra_id_0> "
    (germany,) = [row for row in rows if row["query"] == "Germany, capital,"]
    assert len(germany["choices"]) == 3 and germany["choices"][germany["label"]] == "Berlin"


def test_rows_are_the_metrics_means():
    told = {
        "results": {"harness_qa": {"alias": "qa", "exact_match,none": 0.5, "exact_match_stderr,none": 0.1}},
        "n-samples": {"harness_qa": {"original": 9, "effective": 8}},
    }

    assert harness_rows(told, ["harness_qa"]) == [Result("harness_qa", "all", "exact_match", 0.5, 8)]


def test_what_cannot_be_asked_is_said_with_the_remedy(reader, speaker, capital_questions, monkeypatch):
    exam = Exam(questions=capital_questions)

    with pytest.raises(ConfigError, match="passkey: lm-eval asks qa and cloze"):
        ask_harness("x", speaker, exam, "passkey")
    with pytest.raises(CheckpointError, match="encoder"):
        HarnessForm.of(reader)
    monkeypatch.setattr(harness, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r'pip install "kgpt\[harness\]"'):
        ask_harness("x", speaker, exam, "qa")


def test_a_harness_that_fails_is_told_by_its_last_lines(monkeypatch, tmp_path):
    def fails(command, **keywords):
        assert keywords["env"]["HF_HUB_OFFLINE"] == "1"
        return subprocess.CompletedProcess(command, 1, "", "ValueError: no such model")

    monkeypatch.setattr(harness.subprocess, "run", fails)

    with pytest.raises(CheckpointError, match="ValueError: no such model"):
        run_harness("x", tmp_path, ["harness_qa"])


@pytest.mark.skipif(find_spec("lm_eval") is None, reason="needs the extra `harness`")
def test_the_harness_answers_as_kgpt_does(speaker, capital_questions, tmp_path):
    save_checkpoint(speaker.model, speaker.vocabulary, tmp_path, about={})
    said = evaluate_questions(speaker, capital_questions, subsets=[()] * 5)
    ours = [one for one in said if one.metric == "exact_match"]

    (found,) = ask_harness(str(tmp_path), speaker, Exam(questions=capital_questions), "qa")

    assert (found.task, found.metric, found.n) == ("harness_qa", "exact_match", 5)
    assert found.value == pytest.approx(sum(one.value for one in ours) / 5)
