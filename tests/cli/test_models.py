import json

import pytest


@pytest.mark.parametrize("task", ["qa", "cloze", "coverage"])
def test_evaluate_tells_rows_of_results(kgpt, checkpoint, graph_store, project, task):
    needed = ("--data", project / "questions.jsonl") if task == "qa" else ("--graph", graph_store)

    told = kgpt("evaluate", checkpoint, "--task", task, *needed, "--max-items", 4, "--json")

    assert told.status == 0
    assert all(row.keys() == {"arm", "seed", "task", "subset", "metric", "value", "n"} for row in told.json)
    assert {row["task"] for row in told.json} == {task}
    assert {row["n"] for row in told.json if row["subset"] == "all"} == {4}


def test_evaluate_in_words_has_a_row_a_figure(kgpt, checkpoint, project):
    told = kgpt("evaluate", checkpoint, "--task", "qa", "--data", project / "questions.jsonl", "--max-items", 2)

    assert [line.split()[:3] for line in told.out.splitlines()[1:]] == [
        ["qa", "all", "exact_match"],
        ["qa", "all", "token_f1"],
    ]


def test_evaluate_asks_for_what_a_task_needs(kgpt, checkpoint):
    told = kgpt("evaluate", checkpoint, "--task", "cloze")

    assert told.status == 2 and "task cloze needs --graph" in told.err


def test_the_harness_asks_questions_and_cloze_alone(kgpt, checkpoint):
    told = kgpt("evaluate", checkpoint, "--task", "passkey", "--harness")

    assert told.status == 2 and "lm-eval asks qa and cloze; leave out --harness" in told.err


def test_ask_tells_answers_with_their_probability(kgpt, checkpoint):
    told = kgpt("ask", checkpoint, "What is the capital of Landia1?", "--num-answers", 3, "--json")

    assert told.json.keys() == {"answers", "abstained"}
    chances = [one["probability"] for one in told.json["answers"]]
    assert all(one.keys() == {"text", "probability"} for one in told.json["answers"])
    assert chances == sorted(chances, reverse=True) and len(chances) == 3


@pytest.mark.parametrize(("limit", "abstained"), [(0.0, False), (1.0, True)])
def test_ask_abstains_below_the_limit(kgpt, checkpoint, limit, abstained):
    told = kgpt("ask", checkpoint, "Who?", "--min-probability", limit)

    assert ("the model does not know" in told.out) == abstained


def test_questions_that_a_graph_names_need_one(kgpt, checkpoint, graph_store, tmp_path):
    asked = tmp_path / "simplequestions.tsv"
    asked.write_text("Q100\tP36\tQ0\twhat is the capital of landia\nQ100\tP36\tQ1\twhat is its capital\n")

    alone = kgpt("evaluate", checkpoint, "--task", "qa", "--data", asked)
    named = kgpt("evaluate", checkpoint, "--task", "qa", "--data", asked, "--graph", graph_store, "--json")

    assert alone.status == 2 and "give the graph that names them: --graph" in alone.err
    assert named.status == 0


def test_questions_are_picked_by_their_ids_and_not_by_their_order(kgpt, checkpoint, tmp_path):
    rows = [
        {"id": f"q{n}", "question": f"What is {n}?", "answers": ["x"], "relation": f"P{n // 50}"} for n in range(200)
    ]
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for path, told in zip(files, (rows, rows[::-1]), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in told))

    found = [kgpt("evaluate", checkpoint, "--task", "qa", "--data", one, "--max-items", 20, "--json") for one in files]

    subsets = [{row["subset"] for row in one.json} for one in found]
    assert subsets[0] == subsets[1]
