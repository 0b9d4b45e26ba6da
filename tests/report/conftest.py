"""A small real run: stages 1 to 5 by the pipeline, what a model would have done written by hand."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from kgpt.evaluation import Exam
from kgpt.io import write_json, write_json_lines
from kgpt.pipeline import load_run_config, open_run
from kgpt.pipeline.measuring import open_exam
from kgpt.pipeline.results import write_results
from kgpt.randomness import stable_fraction
from kgpt.records import Outcome, Question
from kgpt.sources import open_questions
from kgpt.sources.questions import question_json

HOSTILE = "<script>alert('x')</script> & $x^$ \"q\""
EXPOSURES = ("exposures_0", "exposures_1_9", "exposures_10_plus")
SKILL = {"text_only": 0.1, "kg_t5": 0.7, "kg_t5_shuffled": 0.1}


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with three arms, two seeds, two sets of questions and a hostile description."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    again = folder.with_name("again.jsonl")
    told = (question for question in open_questions("embedded:atlas").read() if isinstance(question, Question))
    write_json_lines(again, (question_json(replace(one, text=f"Say: {one.text}", split=None)) for one in told))
    overrides = [
        f'questions.sources=["embedded:atlas", "{again}"]',
        "graph.select.head_frac=0.06",
        "seeds=[0,1]",
        "questions.max_test=60",
        "evaluation.max_facts=80",
    ]
    config = load_run_config("demo", overrides).model_copy(update={"about": HOSTILE})
    with open_run(config, folder) as run:
        run.sequences()
    exam = open_exam(config, folder)
    for arm in config.arms:
        for seed in config.seeds:
            write_training(folder / "6-arms" / arm / str(seed))
            path = folder / "7-results" / arm / str(seed) / "outcomes.jsonl"
            write_json_lines(path, map(asdict, outcomes(exam, arm, seed)))
            write_json_lines(path.with_name("figures.jsonl"), [])
    write_results(config, folder, exam)
    return folder


def write_training(folder: Path) -> None:
    """A learning curve and its cost."""
    points = [{"step": step, "loss": 9 / step, "spans": 9 / step, "learning_rate": 0.1} for step in range(10, 100, 10)]
    write_json_lines(folder / "curve.jsonl", points)
    probes = [{"step": step, "probe_cloze_p_at_1": step / 100, "probe_cloze_mrr": 0.5} for step in (20, 40)]
    write_json_lines(folder / "probes.jsonl", probes)
    write_json(folder / "cost.json", {"tokens": 1_234_567, "seconds": 8.5, "flops": 1.5e12})


def outcomes(exam: Exam, arm: str, seed: int) -> list[Outcome]:
    """What an arm of the given skill would have done, by a hash of the item."""
    test = exam.split("test")
    found = []
    for question, subsets in zip(test, exam.question_subsets(test), strict=True):
        right = float(stable_fraction(arm, seed, question.id) < SKILL[arm])
        said = question.answers[0] if right else HOSTILE
        sure = 0.5 + 0.4 * (right - 0.5) + 0.2 * stable_fraction("sure", arm, question.id)
        shown = (*subsets, f"hop_{1 + len(question.id) % 2}", EXPOSURES[len(question.text) % 3])
        found += [
            Outcome("qa", question.id, metric, right, shown, said, sure) for metric in ("exact_match", "token_f1")
        ]
    for fact in exam.asked():
        right = float(stable_fraction(arm, seed, fact.id) < SKILL[arm])
        found += [Outcome("cloze", fact.id, metric, right, fact.subsets, "x") for metric in ("p_at_1", "mrr")]
        found.append(Outcome("coverage", fact.id, "exact_match", right, fact.subsets, "x"))
    return found


@pytest.fixture
def results(run_folder: Path) -> dict[str, object]:
    """What `results.json` of the run holds."""
    return json.loads((run_folder / "7-results" / "results.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser on this machine, or the test is skipped."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on PATH")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """The browser, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Callable[..., tuple[Any, list[str], list[str]]]]:
    """Opens the page at a module's `address`; gives it with what it logged and what it asked the network for."""
    contexts = []

    def of(**settings: Any) -> tuple[Any, list[str], list[str]]:
        contexts.append(browser.new_context(**settings))
        page, logged, asked = contexts[-1].new_page(), list[str](), list[str]()
        page.on("console", lambda message: logged.append(message.text))
        page.on("pageerror", lambda error: logged.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        return page, logged, asked

    yield of
    for context in contexts:
        context.close()
