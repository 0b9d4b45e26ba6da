import subprocess
import sys
from typing import Any

from kgpt.report.terminal import results_table, say_p, verdicts


def row(arm: str, task: str, subset: str, metric: str, value: float, seed: int = 0) -> dict[str, Any]:
    return {
        "arm": arm,
        "seed": seed,
        "task": task,
        "subset": subset,
        "metric": metric,
        "value": value,
        "n": 50,
    }


def comparison(task: str, subset: str, metric: str) -> dict[str, Any]:
    measure = {"task": task, "subset": subset, "metric": metric}
    told = {"difference": 0.2, "ci95": [0.1, 0.3], "p_value": 0.0001, "num_seeds": 1}
    return {"arm": "kg_t5", "control": "text_only", **measure, **told}


def test_a_verdict_says_shares_difference_interval_and_p():
    measure = ("qa", "graph_only", "exact_match")
    rows = [row("text_only", *measure, 0.1), row("kg_t5", *measure, 0.3)]

    (verdict,) = verdicts({"results": rows, "comparisons": [comparison(*measure)]})

    assert verdict == (
        "kg_t5 knows 30 % of the graph-only facts asked for, text_only 10 %: +20.0 points [+10.0, +30.0], p < 0.001, "
        "1 seed"
    )


def said_with(**told: Any) -> str:
    measure = ("qa", "graph_only", "exact_match")
    rows = [row("text_only", *measure, 0.1), row("kg_t5", *measure, 0.3)]
    (verdict,) = verdicts({"results": rows, "comparisons": [comparison(*measure) | told]})
    return verdict


def test_the_corrected_p_is_said_where_there_is_one():
    assert "p = 0.040" in said_with(p_adjusted=0.04)


def test_of_three_seeds_it_is_said_whether_all_agree():
    assert said_with(num_seeds=3, seed_differences=[0.2, 0.1, 0.3]).endswith("3 seeds, all agree")
    assert said_with(num_seeds=3, seed_differences=[0.2, -0.1, 0.3]).endswith("3 seeds, 2 of 3 agree")
    assert said_with(num_seeds=2, seed_differences=[0.2, -0.1]).endswith("2 seeds")


def test_without_questions_the_cloze_probe_gives_the_verdict():
    measure = ("cloze", "seen", "p_at_1")
    rows = [row("text_only", *measure, 0.1), row("kg_t5", *measure, 0.3)]

    (verdict,) = verdicts({"results": rows, "comparisons": [comparison(*measure)]})

    assert verdict.startswith("kg_t5 completes 30 % of the facts it was trained on, text_only 10 %")


def test_the_table_holds_only_the_columns_that_were_measured():
    rows = [row("text_only", "qa", "all", "exact_match", value, seed) for seed, value in enumerate((0.1, 0.3))]

    header, line, *_ = results_table({"results": rows, "comparisons": []}).splitlines()

    assert header.split() == ["arm", "QA", "all"]
    assert line.split() == ["text_only", "0.200", "±", "0.141"]


def test_the_linker_gets_its_own_line():
    rows = [row("linker", "linking", "all", "in_kb_micro_f1", 0.8125)]

    said = results_table({"results": rows, "comparisons": []})

    assert said.splitlines()[-1] == "entity linking on the corpus' own gold links: in-KB micro F1 0.812"


def test_a_tiny_p_value_is_not_said_to_be_zero():
    assert (say_p(0.0), say_p(0.0421)) == ("p < 0.001", "p = 0.042")


def test_the_terminal_needs_neither_matplotlib_nor_torch():
    code = "import sys, kgpt.report.terminal; print({'matplotlib', 'torch', 'jinja2'} & set(sys.modules))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "set()"
