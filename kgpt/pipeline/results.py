"""All arms' outcomes as one `results.json`: tidy rows, paired comparisons with the control, contamination, cost."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

from kgpt.alignment.passages import read_passages
from kgpt.evaluation import Comparison, Exam, compare, evaluate_linking, summarize
from kgpt.evaluation.contamination import CLEAN, Contamination, measure_contamination
from kgpt.evaluation.exam import ALL, OF_SET
from kgpt.evaluation.question_answering import TASK as QA
from kgpt.evaluation.summary import adjust
from kgpt.io import fingerprint, read_json, write_json, write_json_lines
from kgpt.linking import Linker
from kgpt.pipeline.arm import COST, MODEL, Arm
from kgpt.pipeline.certainty import Judge
from kgpt.pipeline.config import RunConfig, config_json
from kgpt.pipeline.data_stages import PASSAGES, open_run_graph, read_documents
from kgpt.pipeline.measuring import MAJORITY, majority, read_figures, read_outcomes
from kgpt.pipeline.model_card import CARD, write_card
from kgpt.records import Outcome, Question, Result

RESULTS = "results.json"
CONTAMINATED = "contamination.jsonl"
LINKER = "linker"
_BySeed = Sequence[Sequence[Outcome]]


def write_results(config: RunConfig, run: Path, exam: Exam) -> dict[str, Any]:
    """Collect every arm's outcomes and write `7-results/results.json`; gives what it holds."""
    contamination = _contamination(run, exam)
    found = {name: _outcomes_by_seed(config, run, name) for name in config.arms}
    outcomes = {name: [_marked(one, contamination.reasons) for one in by_seed] for name, by_seed in found.items()}
    rows = list(_arm_rows(config, run, outcomes, exam))
    if any(row["task"] == QA for row in rows):
        floor = summarize(_marked(majority(exam), contamination.reasons))
        rows += [{"arm": MAJORITY, "seed": 0, **asdict(row)} for row in floor]
    rows += [{"arm": LINKER, "seed": 0, **asdict(row)} for row in _linking(config, run)]
    results = {
        "experiment": config.name,
        "config_fingerprint": fingerprint(config_json(config)),
        "results": rows,
        "comparisons": [row.as_json() for row in adjust(_comparisons(config, outcomes))],
        "contamination": list(_contamination_rows(contamination, exam.test)),
        "cost": [_cost(Arm(config, run, name, seed)) for name in config.arms for seed in config.seeds],
    }
    marks = ({"task": QA, "item": item, "reasons": reasons} for item, reasons in contamination.reasons.items())
    write_json_lines(run / "7-results" / CONTAMINATED, marks)
    write_json(run / "7-results" / RESULTS, results)
    _write_cards(config, run, found, results)
    return results


def _arm_rows(config: RunConfig, run: Path, outcomes: Mapping[str, _BySeed], exam: Exam) -> Iterator[dict[str, Any]]:
    """Every arm's and seed's means, and how sure it is of its answers."""
    everything = list(chain.from_iterable(chain.from_iterable(outcomes.values())))
    judge = Judge(exam.graph, exam.test, everything)
    for name, by_seed in outcomes.items():
        for seed, found in zip(config.seeds, by_seed, strict=True):
            figures = read_figures(run / "7-results" / name / str(seed))
            for result in chain(summarize(found), judge.results(found), figures):
                yield {"arm": name, "seed": seed, **asdict(result)}


def _contamination(run: Path, exam: Exam) -> Contamination:
    """What the test questions share with the train questions and with the passages of stage 4."""
    texts = [passage.text for passage in read_passages(run / "4-aligned" / PASSAGES)]
    return measure_contamination(test=exam.test, train=exam.split("train"), texts=texts)


def _contamination_rows(contamination: Contamination, test: Sequence[Question]) -> Iterator[dict[str, Any]]:
    """A row of all test questions, then one of each set where there are several."""
    if contamination.num_items:
        yield {"task": QA, "subset": ALL} | contamination.as_json()
    sets = {question.source for question in test}
    for name in sorted(sets) if len(sets) > 1 else ():
        items = {question.id for question in test if question.source == name}
        yield {"task": QA, "subset": OF_SET + name} | contamination.of(items).as_json()


def _marked(outcomes: Sequence[Outcome], contaminated: Collection[str]) -> list[Outcome]:
    """The outcomes, those of questions without any mark also in the subset `clean`, and in that of their set."""

    def clean(subsets: Sequence[str]) -> tuple[str, ...]:
        return (*subsets, CLEAN, *(f"{one}/{CLEAN}" for one in subsets if one.startswith(OF_SET)))

    return [
        replace(one, subsets=clean(one.subsets)) if one.task == QA and one.item not in contaminated else one
        for one in outcomes
    ]


def _write_cards(config: RunConfig, run: Path, outcomes: Mapping[str, _BySeed], results: Mapping[str, Any]) -> None:
    """The cards of the measured models again, now with what the other arms of the run know."""
    for name, by_seed in outcomes.items():
        for seed, found in zip(config.seeds, by_seed, strict=True):
            folder = run / "7-results" / name / str(seed)
            for place in (folder, folder / MODEL):
                if (place / CARD).is_file():
                    write_card(place, Arm(config, run, name, seed), found, results)


def _outcomes_by_seed(config: RunConfig, run: Path, arm: str) -> list[list[Outcome]]:
    return [read_outcomes(run / "7-results" / arm / str(seed)) for seed in config.seeds]


def _comparisons(config: RunConfig, outcomes: Mapping[str, _BySeed]) -> list[Comparison]:
    """Every arm against the control, and every arm on the true graph against its twins on a wrong one or none."""
    pairs = [(name, config.control) for name in config.arms if config.control in config.arms and name != config.control]
    pairs += [(name, twin) for name in config.arms for twin in _twins(config, name)]
    return [
        row for arm, control in dict.fromkeys(pairs) for row in compare(arm, control, outcomes[arm], outcomes[control])
    ]


def _twins(config: RunConfig, arm: str) -> list[str]:
    """The arms that train the same recipe on a wrong graph or on none."""
    settings = config.arms[arm]
    if settings.knowledge != "true":
        return []
    return [
        name
        for name, other in config.arms.items()
        if other.knowledge != "true" and other == settings.model_copy(update={"knowledge": other.knowledge})
    ]


def _linking(config: RunConfig, run: Path) -> list[Result]:
    """The linker against the corpus' own links, where it brought any and the linker has not had them to learn from."""
    documents = [document for document in read_documents(run / "2-corpus") if document.links]
    settings = config.linking
    has_seen = settings.existing == "keep" or settings.anchors or settings.train != "never"
    if not config.evaluation.linking or not documents or has_seen:
        return []
    return evaluate_linking(Linker.of(open_run_graph(run), config.linking), documents).results()


def _cost(arm: Arm) -> dict[str, Any]:
    told = read_json(arm.folder / COST)
    return {"arm": arm.name, "seed": arm.seed, **{name: told[name] for name in ("tokens", "seconds", "flops")}}
