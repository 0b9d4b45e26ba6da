"""All arms' outcomes as one `results.json`: tidy rows, paired comparisons with the control, cost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kgpt.evaluation import Comparison, compare, evaluate_linking, summarize
from kgpt.evaluation.question_answering import TASK as QA
from kgpt.io import fingerprint, read_json, write_json
from kgpt.linking import Linker
from kgpt.pipeline.arm import COST, Arm
from kgpt.pipeline.config import RunConfig, config_json
from kgpt.pipeline.data_stages import open_run_graph, read_documents
from kgpt.pipeline.measuring import MAJORITY, Exam, read_outcomes
from kgpt.records import Outcome, Result

RESULTS = "results.json"
LINKER = "linker"


def write_results(config: RunConfig, run: Path, exam: Exam) -> dict[str, Any]:
    """Collect every arm's outcomes and write `7-results/results.json`; gives what it holds."""
    outcomes = {name: _outcomes_by_seed(config, run, name) for name in config.arms}
    rows = [
        {"arm": name, "seed": seed, **asdict(result)}
        for name, by_seed in outcomes.items()
        for seed, found in zip(config.seeds, by_seed, strict=True)
        for result in summarize(found)
    ]
    if any(row["task"] == QA for row in rows):
        rows += [{"arm": MAJORITY, "seed": 0, **asdict(row)} for row in summarize(exam.majority())]
    rows += [{"arm": LINKER, "seed": 0, **asdict(row)} for row in _linking(config, run)]
    results = {
        "experiment": config.name,
        "config_fingerprint": fingerprint(config_json(config)),
        "results": rows,
        "comparisons": [row.as_json() for row in _comparisons(config, outcomes)],
        "cost": [_cost(Arm(config, run, name, seed)) for name in config.arms for seed in config.seeds],
    }
    write_json(run / "7-results" / RESULTS, results)
    return results


def _outcomes_by_seed(config: RunConfig, run: Path, arm: str) -> list[list[Outcome]]:
    return [read_outcomes(run / "7-results" / arm / str(seed)) for seed in config.seeds]


def _comparisons(config: RunConfig, outcomes: Mapping[str, Sequence[Sequence[Outcome]]]) -> list[Comparison]:
    """Every arm against the control, and every arm on the true graph against its twins on the shuffled one."""
    pairs = [(name, config.control) for name in config.arms if config.control in config.arms and name != config.control]
    pairs += [(name, twin) for name in config.arms for twin in _shuffled_twins(config, name)]
    return [row for arm, control in pairs for row in compare(arm, control, outcomes[arm], outcomes[control])]


def _shuffled_twins(config: RunConfig, arm: str) -> list[str]:
    """The arms that train the same recipe on the shuffled graph."""
    settings = config.arms[arm]
    if settings.knowledge == "shuffled":
        return []
    twin = settings.model_copy(update={"knowledge": "shuffled"})
    return [name for name, other in config.arms.items() if other == twin]


def _linking(config: RunConfig, run: Path) -> list[Result]:
    """The linker against the corpus' own links, where it brought any and the linker has not had them to learn from."""
    documents = [document for document in read_documents(run / "2-corpus") if document.links]
    settings = config.linking
    has_seen = settings.existing == "keep" or settings.anchors or settings.train != "never"
    if "linking" not in config.evaluation.tasks or not documents or has_seen:
        return []
    return evaluate_linking(Linker.of(open_run_graph(run), config.linking), documents).results()


def _cost(arm: Arm) -> dict[str, Any]:
    told = read_json(arm.folder / COST)
    return {"arm": arm.name, "seed": arm.seed, **{name: told[name] for name in ("tokens", "seconds", "flops")}}
