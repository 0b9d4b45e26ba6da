import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kgpt.errors import DataError
from kgpt.report.page import write_report

HOSTILE = "<script>alert('x')</script>"
VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})


class Page(HTMLParser):
    """A page's tags, attributes, ids and texts; checks that tags close in the order they opened."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self.figures: list[dict[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.headings += [""] if tag in {"h2", "h3"} else []
        self.figures += [dict(attrs)] if tag == "svg" else []
        self._open += [] if tag in VOID else [tag]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if self._open and self._open[-1] in {"h2", "h3"}:
            self.headings[-1] += data

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.attributes if found == name]


@pytest.fixture(scope="module")
def page(run_folder, tmp_path_factory) -> Page:
    out = tmp_path_factory.mktemp("page") / "report.html"
    write_report([run_folder], out)
    return Page(out)


@pytest.fixture
def copy(run_folder, tmp_path) -> Path:
    return Path(shutil.copytree(run_folder, tmp_path / "copy"))


def report(*runs: Path) -> Page:
    out = runs[0] / "report.html"
    write_report(list(runs), out)
    return Page(out)


def keep_results(folder: Path, keep) -> None:
    path = folder / "7-results" / "results.json"
    results = json.loads(path.read_text("utf-8"))
    results |= {part: [row for row in results[part] if keep(row)] for part in ("results", "comparisons")}
    path.write_text(json.dumps(results), "utf-8")


def test_a_run_shows_every_part(page):
    assert page.headings == [
        "What the arms know beyond the control",
        "Results",
        "Paired comparisons",
        "Knowledge by arm",
        "Learning curves",
        "What the arms are sure of",
        "Contamination",
        "Questions and answers",
        "Entity linking and alignment",
        "Word-knowledge graphs",
        "What went in",
        "Stages",
        "Cost of training",
        "To reproduce",
    ]
    assert [figure["aria-label"].split(".")[0].split(";")[0].split(" of the first")[0] for figure in page.figures] == [
        "Knowledge by arm, share right",
        "coverage, exact match by relation and popularity",
        "QA by hops of the question, share right",
        "coverage, by relation, exact match",
        "Learning curve of cloze P@1 over the training steps",
        "Learning curve of cloze MRR over the training steps",
        "Learning curve of spans over the training steps",
        "Share right over the answers' probability, by arm",
        "Share wrong over share answered, by arm",
        "Answers right, wrong and abstained from",
        "Word-knowledge graph",
        "Word-knowledge graph",
    ]


def test_what_the_arms_are_sure_of_is_told_by_exposure(page):
    (bars,) = [figure["aria-label"] for figure in page.figures if figure["aria-label"].startswith("Answers right")]

    assert "fact never shown in training" in bars
    assert ", kg_t5 (" in bars
    assert "by how often training showed the fact" in page.text


def test_contamination_slices_and_quality_are_told(page):
    for words in (
        "are clean",
        "share 13 words in a row",
        "kgpt atlas",
        "CC0-1.0",
        "alignment, precision",
        "triple 0.7",
    ):
        assert words in page.text


def test_a_node_of_a_drawing_says_whom_it_sees(page):
    (first, *_) = [label for label in page.values("aria-label") if ": word, position 0. Sees" in label]

    assert "Sees the whole text." in first
    assert page.values("data-sees")


def test_the_arms_and_the_floor_are_told(page):
    for words in (
        "text_only",
        "kg_t5_shuffled",
        "majority",
        "shuffled graph",
        "± ",
        "1\u202f234\u202f567",
        "kgpt run",
    ):
        assert words in page.text


def test_verdicts_are_in_plain_words(page):
    assert "Better than text_only." in page.text
    assert "kg_t5 knows" in page.text
    assert "Holm" in page.text


def test_every_figure_says_what_it_shows(page):
    assert all(figure["role"] in {"img", "group"} and figure["aria-label"] for figure in page.figures)


def test_what_comes_from_data_is_escaped(page):
    assert page.tags.count("script") == 1  # the page's own
    assert HOSTILE in page.text
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_outside(page):
    assert not page.values("src")
    assert "link" not in page.tags
    assert all(value.startswith("#") for value in page.values("href"))
    assert "@import" not in page.text
    assert "url(http" not in page.text


def test_ids_are_unique_and_anchors_resolve(page):
    ids = page.values("id")

    assert len(ids) == len(set(ids))
    assert {value[1:] for value in page.values("href")} <= set(ids)


def test_the_same_run_gives_the_same_bytes(run_folder, tmp_path):
    for name in ("one.html", "two.html"):
        write_report([run_folder], tmp_path / name)

    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_several_runs_get_one_joint_table_and_a_section_each(run_folder, copy):
    found = report(copy, run_folder)

    assert found.headings.count("Results") == 2
    assert found.headings[0] == "All runs"
    assert f"demo ({copy})" in found.text
    assert {"run-1", "run-2"} <= set(found.values("id"))
    assert len(found.values("id")) == len(set(found.values("id")))


def test_a_run_with_the_cloze_probe_only(copy):
    keep_results(copy, lambda row: row["task"] == "cloze")
    (copy / "5-sequences" / "questions.jsonl").write_text("")
    (copy / "5-sequences" / "overlap.json").unlink()

    found = report(copy)

    assert "kg_t5 completes" in found.text
    assert "QA" not in found.text
    assert "Questions and answers" not in found.headings
    assert "Knowledge by arm" in found.headings


@pytest.mark.parametrize(
    ("piece", "heading"),
    [
        ("6-arms", "Learning curves"),
        ("5-sequences", "Word-knowledge graphs"),
        ("1-graph", "Word-knowledge graphs"),
        ("config.json", "To reproduce"),
    ],
)
def test_a_missing_piece_is_left_out(copy, piece, heading):
    path = copy / piece
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    found = report(copy)

    assert heading not in found.headings
    assert "Results" in found.headings


@pytest.mark.parametrize("piece", ["2-corpus", "3-linked"])
def test_without_documents_no_linking_is_shown(copy, piece):
    shutil.rmtree(copy / piece)

    assert "Links of the corpus to entities outside" not in report(copy).text


def test_a_run_from_before_correction_and_calibration_has_a_page(copy):
    path = copy / "7-results" / "results.json"
    results = json.loads(path.read_text("utf-8"))
    added = {"p_adjusted", "effect_size", "seed_differences", "family", "num_items"}
    results["comparisons"] = [{k: v for k, v in row.items() if k not in added} for row in results["comparisons"]]
    del results["contamination"]
    path.write_text(json.dumps(results), "utf-8")
    for outcomes in copy.glob("7-results/*/*/outcomes.jsonl"):
        outcomes.write_text(re.sub(r'"probability":[^,}]*', '"probability":null', outcomes.read_text("utf-8")), "utf-8")

    found = report(copy)

    assert "not corrected for the number of rows" in found.text
    assert "What the arms are sure of" not in found.headings
    assert "Contamination" in found.headings


def test_a_run_of_one_arm_has_no_comparisons(copy):
    keep_results(copy, lambda row: row["arm"] == "text_only")

    found = report(copy)

    assert "What the arms know beyond the control" not in found.headings
    assert "0.1" in found.text


def test_a_folder_without_results_is_named_with_the_remedy(tmp_path):
    (tmp_path / "empty").mkdir()

    for folder, told in (
        ("empty", "without results.*kgpt run CONFIG --out"),
        ("nope", "no such run folder; `kgpt run"),
    ):
        with pytest.raises(DataError, match=f"{folder}: .*{told}"):
            write_report([tmp_path / folder], tmp_path / "report.html")

    assert not (tmp_path / "report.html").exists()


def test_no_run_is_an_error(tmp_path):
    with pytest.raises(DataError, match="at least one run"):
        write_report([], tmp_path / "report.html")
