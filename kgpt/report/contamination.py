"""What the test questions share with training, and each arm's figures on all and on clean questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgpt.evaluation.contamination import CLEAN
from kgpt.evaluation.exam import ALL, OF_SET
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
    """An arm's share right on all questions and on the clean ones, of each set, too, where there are several."""

    arm: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class ContaminationTable:
    """The part of a section about contamination.

    Args:
        num_test: test questions.
        num_clean: of them without any mark; empty where they were not marked.
        overlaps: counts.
        runs: the longest runs of shared words, in words.
        columns: what the arms' figures are of, with the number of questions.
        arms: figures on all and on clean questions.
    """

    num_test: str
    num_clean: str
    overlaps: Sequence[OverlapRow]
    runs: str
    columns: Sequence[str]
    arms: Sequence[CleanRow]


def contamination_table(run: RunRecord) -> ContaminationTable | None:
    """What `overlap.json` and `results.json` say of the test questions; None where neither says anything."""
    rows = [row for row in run.results.get("contamination", ()) if row["task"] == "qa"]
    told = rows[0] if rows else None
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
        columns=[title for row in rows for title in _titles(row)],
        arms=list(_clean_rows(run, [subset for row in rows for subset in _subsets(row)])),
    )


def _runs(told: Mapping[str, Any]) -> str:
    parts = []
    for where, name in (("text", "a training text"), ("training_questions", "a training question")):
        number, longest = told[f"ngram_8_in_{where}"], told[f"longest_in_{where}"]
        run_told = f" (the longest run has {longest} words)" if number else ""
        parts.append(f"with {name} by {say_count(number) if number else 'no'} question{'s' * (number > 1)}{run_told}")
    return f"Eight words in a row or more are shared: {parts[0]}, {parts[1]}."


def _titles(row: Mapping[str, Any]) -> tuple[str, str]:
    """All and clean questions of a set of `results.json`, for people."""
    name = row.get("subset", ALL).removeprefix(OF_SET)
    clean = CLEAN if name == ALL else f"{name}, {CLEAN}"
    return f"{name} ({say_count(row['num_items'])})", f"{clean} ({say_count(row['num_clean'])})"


def _subsets(row: Mapping[str, Any]) -> tuple[str, str]:
    """The subsets of outcomes that the two columns of a set are of."""
    subset = row.get("subset", ALL)
    return subset, CLEAN if subset == ALL else f"{subset}/{CLEAN}"


def _clean_rows(run: RunRecord, subsets: Sequence[str]) -> Iterator[CleanRow]:
    for arm in run.arms:
        found = [run.estimates.get((arm, "qa", subset, "exact_match")) for subset in subsets]
        if any(found):
            yield CleanRow(arm, ["" if one is None else f"{one.mean:.3f}" for one in found])
