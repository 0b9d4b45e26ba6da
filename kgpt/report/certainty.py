"""How sure the arms are: calibration, risk over coverage, and what they say by how often training showed the fact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from kgpt.evaluation.calibration import METRIC, Answers, calibration_bins, scored_answers, selective_risks
from kgpt.pipeline.certainty import TASKS
from kgpt.report.certainty_plots import AnswerBar, answer_bars, reliability_plot, risk_plot
from kgpt.report.estimate import Estimate
from kgpt.report.palette import ArmStyle
from kgpt.report.run_record import RunRecord
from kgpt.report.tables import say_measure

EXPOSURES = {
    "exposures_0": "fact never shown in training",
    "exposures_1_9": "shown 1 to 9 times",
    "exposures_10_plus": "shown 10 times or more",
}
"""Subsets by how often training showed the fact that an item needs."""

_OTHERWISE = {"stated_in_text": "fact stated in text", "graph_only": "graph only"}
_METRICS = ("ece", "brier", "aurc", "right_frac", "wrong_frac", "abstained_frac", "contradicted_frac")


@dataclass(frozen=True, slots=True)
class CertaintyRow:
    """One arm's figures, as they are shown, in the order of `_METRICS`."""

    arm: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certainty:
    """The part of a section about certainty.

    Args:
        measure: the task it is about.
        rows: figures by arm.
        calibration: share right over probability.
        risk: share wrong over share answered.
        bars: right, wrong and abstained from by subset.
        by_exposure: whether the bars' subsets are the exposures.
    """

    measure: str
    rows: Sequence[CertaintyRow]
    calibration: Markup
    risk: Markup
    bars: Markup | None
    by_exposure: bool


def certainty(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Certainty | None:
    """Of the first task whose answers bear probabilities; None where none does."""
    for task in TASKS:
        answers = {arm: found for arm in run.arms if (found := _answers(run, arm, task))}
        if not answers:
            continue
        pooled = {
            arm: (np.concatenate([one.probability for one in seeds]), np.concatenate([one.right for one in seeds]))
            for arm, seeds in answers.items()
        }
        bins = {arm: calibration_bins(*pair) for arm, pair in pooled.items()}
        risks = {arm: selective_risks(*pair) for arm, pair in pooled.items()}
        bars = list(_bars(run, task, list(answers)))
        return Certainty(
            measure=say_measure(task, ""),
            rows=[CertaintyRow(arm, tuple(_cells(run, arm, task))) for arm in answers],
            calibration=Markup(reliability_plot(bins, styles, name=f"{key}-calibration")),
            risk=Markup(risk_plot(risks, styles, name=f"{key}-risk")),
            bars=Markup(answer_bars(bars, name=f"{key}-bars")) if bars else None,
            by_exposure=any(bar.group in EXPOSURES.values() for bar in bars),
        )
    return None


def _answers(run: RunRecord, arm: str, task: str) -> list[Answers]:
    if (arm, task, "all", METRIC) not in run.estimates:
        return []
    found = [scored_answers(run.outcomes[arm, seed], task) for seed in run.seeds if (arm, seed) in run.outcomes]
    return [one for one in found if one is not None]


def _cells(run: RunRecord, arm: str, task: str) -> Iterator[str]:
    for metric in _METRICS:
        found = run.estimates.get((arm, task, "all", metric))
        if metric == "contradicted_frac":
            yield _contradicted(run, arm, task, "all") or "–"
        elif found is None:
            yield "–"
        elif metric.endswith("_frac"):
            yield _percent(found.mean)
        else:
            yield f"{found.mean:.3f}"


def _bars(run: RunRecord, task: str, arms: Sequence[str]) -> Iterator[AnswerBar]:
    names = (
        EXPOSURES if any((task, subset) == key[1:3] for key in run.estimates for subset in EXPOSURES) else _OTHERWISE
    )
    for subset, name in names.items():
        for arm in arms:
            found = [run.estimates.get((arm, task, subset, one)) for one in ("right_frac", "wrong_frac", "exact_match")]
            if None not in found:
                right, wrong, known = (one.mean for one in found if one is not None)
                told = _contradicted(run, arm, task, subset)
                note = f"contradicted: {told}" if told else ""
                yield AnswerBar(name, f"{arm} ({_num(found)})", right, wrong, max(0.0, known - right), note)


def _num(found: Sequence[Estimate | None]) -> int:
    return next((one.n for one in found if one is not None), 0)


def _contradicted(run: RunRecord, arm: str, task: str, subset: str) -> str:
    """The share of the confident answers of all seeds, and how many these are; empty where there are none."""
    wanted = (arm, task, subset, "contradicted_frac")
    rows = [r for r in run.results["results"] if (r["arm"], r["task"], r["subset"], r["metric"]) == wanted]
    number = sum(row["n"] for row in rows)
    return f"{_percent(sum(row['value'] * row['n'] for row in rows) / number)} of {number}" if number else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
