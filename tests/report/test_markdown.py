import json
from pathlib import Path

import pytest

from kgpt.report.page import write_report


@pytest.fixture(scope="module")
def text(run_folder, tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("markdown") / "report.md"
    write_report([run_folder], out)
    return out.read_text("utf-8")


def test_the_verdict_comes_first(text):
    assert text.startswith("# demo\n\n- **Better than text_only.** kg_t5 knows")


def test_every_table_is_whole(text):
    for block in text.split("\n\n"):
        rows = [line.replace(r"\|", "") for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1


def test_the_page_s_tables_are_there(text):
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]

    assert headings == [
        "Results",
        "Paired comparisons",
        "What the arms are sure of",
        "Contamination",
        "Entity linking and alignment",
        "What went in",
        "Cost of training",
    ]


def test_what_comes_from_data_is_no_markup(text):
    assert "<script" not in text
    assert "&lt;script>" in text


def test_several_runs_get_a_joint_table(run_folder, tmp_path):
    write_report([run_folder, run_folder], tmp_path / "both.md")

    text = (tmp_path / "both.md").read_text("utf-8")

    assert text.startswith("# All runs\n\n| run | arm |")
    assert text.count("## Results") == 2


def test_results_hold_what_the_page_tells(run_folder: Path):
    told = json.loads((run_folder / "7-results" / "results.json").read_text("utf-8"))

    metrics = {row["metric"] for row in told["results"] if row["task"] == "qa" and row["subset"] == "exposures_0"}
    assert {"ece", "brier", "aurc", "right_frac", "wrong_frac", "abstained_frac"} <= metrics
    assert {"clean", "all"} <= {row["subset"] for row in told["results"]}
    assert all(row["p_adjusted"] >= row["p_value"] for row in told["comparisons"])
    measured = [row for row in told["results"] if (row["subset"], row["metric"]) == ("clean", "exact_match")]
    assert {row["n"] for row in measured} == {told["contamination"][0]["num_clean"]}


def test_every_set_of_questions_has_its_own_contamination_and_figures(run_folder: Path, text: str):
    told = json.loads((run_folder / "7-results" / "results.json").read_text("utf-8"))

    whole, *sets = told["contamination"]

    assert [row["subset"] for row in sets] == ["set:again", "set:atlas"]
    for field in ("num_items", "num_clean", "ngram_8_in_text"):
        assert sum(row[field] for row in sets) == whole[field]
    measured = [row for row in told["results"] if (row["task"], row["metric"]) == ("qa", "exact_match")]
    sizes = {row["subset"]: row["n"] for row in measured}
    assert sizes["set:again"] == sets[0]["num_items"] and sizes["set:again/clean"] == sets[0]["num_clean"]
    assert f"again, clean ({sets[0]['num_clean']})" in text
