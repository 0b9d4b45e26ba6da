"""What the test questions share with training, and each arm's figures on all and on clean questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgpt.evaluation.contamination import CLEAN
from kgpt.report.run_record import RunRecord
from kgpt.report.tables import say_count

_OVERLAPS = {
    "facts_in_graph": "ask for a fact of the training graph, which is what a knowledge arm is to learn",
    "facts_in_text": "ask for a fact that the training text states",
    "hops_in_training_questions": "of several hops have a hop that a training question asks for",
}
_REASONS = {
    "asked_in_training": "are asked in the same words in the training questions",
    "facts_in_training_questions": "ask for a fact that a training question asks for",
    "fact_in_training_questions": "ask for a fact that a training question asks for",
    "quoted_in_text": "stand whole in a training text",
    "quoted_with_answer": "stand whole in a training text that has the answer, too",
    "ngram_13_in_text": "share 13 words in a row with a training text, or all of their 8 to 12",
    "ngram_13_in_training_questions": "share 13 words in a row with a training question, or all of their 8 to 12",
}


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """A count of test questions, what it counts, and whether it makes a question unclean."""

    count: str
    text: str
    marks: bool


@dataclass(frozen=True, slots=True)
class CleanRow:
    """An arm's share right on all questions and on the clean ones."""

    arm: str
    all: str
    clean: str


@dataclass(frozen=True, slots=True)
class ContaminationTable:
    """The part of a section about contamination.

    Args:
        num_test: test questions.
        num_clean: of them without any mark; empty where they were not marked.
        overlaps: counts.
        runs: the longest runs of shared words, in words.
        arms: figures on all and on clean questions.
    """

    num_test: str
    num_clean: str
    overlaps: Sequence[OverlapRow]
    runs: str
    arms: Sequence[CleanRow]


def contamination_table(run: RunRecord) -> ContaminationTable | None:
    """What `overlap.json` and `results.json` say of the test questions; None where neither says anything."""
    told = next((row for row in run.results.get("contamination", ()) if row["task"] == "qa"), None)
    counted: Mapping[str, int] = told["reasons"] if told else run.overlap
    if not run.overlap and not told:
        return None
    overlaps = [OverlapRow(say_count(counted[name]), text, True) for name, text in _REASONS.items() if name in counted]
    overlaps += [
        OverlapRow(say_count(run.overlap[name]), text, False) for name, text in _OVERLAPS.items() if name in run.overlap
    ]
    return ContaminationTable(
        num_test=say_count(told["num_items"] if told else run.overlap.get("num_test", 0)),
        num_clean=say_count(told["num_clean"]) if told else "",
        overlaps=overlaps,
        runs=_runs(told) if told else "",
        arms=list(_clean_rows(run)),
    )


def _runs(told: Mapping[str, Any]) -> str:
    parts = []
    for where, name in (("text", "a training text"), ("training_questions", "a training question")):
        number, longest = told[f"ngram_8_in_{where}"], told[f"longest_in_{where}"]
        run_told = f" (the longest run has {longest} words)" if number else ""
        parts.append(f"with {name} by {say_count(number) if number else 'no'} question{'s' * (number > 1)}{run_told}")
    return f"Eight words in a row or more are shared: {parts[0]}, {parts[1]}."


def _clean_rows(run: RunRecord) -> Iterator[CleanRow]:
    for arm in run.arms:
        whole, clean = (run.estimates.get((arm, "qa", subset, "exact_match")) for subset in ("all", CLEAN))
        if whole is not None and clean is not None:
            yield CleanRow(arm, f"{whole.mean:.3f}", f"{clean.mean:.3f}")
