"""The tables of the page: every cell already says what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgpt.evaluation.exam import OF_SET
from kgpt.evaluation.summary import HEADLINES
from kgpt.manifest import Manifest
from kgpt.pipeline.config import TOLD_KNOWLEDGE
from kgpt.pipeline.measuring import MAJORITY
from kgpt.report.estimate import Estimate
from kgpt.report.run_record import RunRecord
from kgpt.report.terminal import COLUMNS, adjusted_p, say_p, say_points, say_seeds

_TASKS = {"qa": "QA", "cloze": "cloze", "coverage": "coverage", "linking": "linking"}
_SUBSETS = {
    "all": "all",
    "hop_1": "one hop",
    "hop_2": "two hops",
    "hop_3": "three hops",
    "exposures_0": "never shown",
    "exposures_1_9": "shown 1 to 9 times",
    "exposures_10_plus": "shown 10 times or more",
    "stated_in_text": "stated in text",
    "graph_only": "graph only",
    "held_out": "held out",
}
_METRICS = {
    "exact_match": "exact match",
    "token_f1": "token F1",
    "p_at_1": "P@1",
    "mrr": "MRR",
    "hits_at_10": "hits@10",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the table of arms.

    Args:
        mean: over the seeds, or a dash.
        spread: standard deviation over the seeds, or empty.
        interval: the interval in words.
        best: whether no other trained arm is better.
    """

    mean: str
    spread: str = ""
    interval: str = ""
    best: bool = False


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm's line."""

    run: str
    arm: str
    role: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ArmTable:
    """Arms by measures; `columns` are title and number of items."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[ArmRow, ...]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """An arm against the control in one measure; `beyond_chance` where the interval leaves out zero.

    `p_value` is corrected where the run was; `effect_size` is Cohen's d_z or a dash; `by_seed` each seed's difference.
    """

    arm: str
    measure: str
    difference: str
    interval: str
    p_value: str
    effect_size: str
    seeds: str
    by_seed: str
    headline: bool
    beyond_chance: bool


@dataclass(frozen=True, slots=True)
class StageRow:
    """One manifest."""

    stage: str
    num_in: str
    num_out: str
    dropped: str
    seconds: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one training took."""

    arm: str
    seed: int
    tokens: str
    seconds: str
    flops: str


def arm_table(runs: Sequence[RunRecord]) -> ArmTable:
    """The arms of one run, or of several under each other, in the columns that any of them has."""
    present = [
        column for column in COLUMNS if any((arm, *column[:3]) in run.estimates for run in runs for arm in run.arms)
    ]
    columns = tuple((title, _num_items(runs, (task, subset, metric))) for task, subset, metric, title in present)
    measures = [column[:3] for column in present]
    return ArmTable(columns, tuple(row for run in runs for row in _arm_rows(run, measures)))


def comparison_rows(results: Mapping[str, Any]) -> list[ComparisonRow]:
    """All paired comparisons, pair by pair of arms, each pair's `headline` rows before the others."""
    pairs = list(dict.fromkeys((row["arm"], row["control"]) for row in results["comparisons"]))
    ordered = sorted(
        results["comparisons"], key=lambda row: (pairs.index((row["arm"], row["control"])), _headline_place(row))
    )
    return [_comparison(row) for row in ordered]


def stage_row(manifest: Manifest) -> StageRow:
    """A stage's counts."""
    dropped = ", ".join(
        f"{say_count(count)} {reason.replace('_', ' ')}" for reason, count in manifest.dropped.items() if count
    )
    return StageRow(
        manifest.stage,
        say_count(manifest.num_in),
        say_count(manifest.num_out),
        dropped,
        f"{manifest.seconds:,.1f}",
    )


def cost_row(row: Mapping[str, Any]) -> CostRow:
    """A row of `cost`."""
    return CostRow(row["arm"], row["seed"], say_count(row["tokens"]), f"{row['seconds']:,.0f}", f"{row['flops']:.2e}")


def say_measure(task: str, subset: str, metric: str = "") -> str:
    """A measure's name for people; of a share of right answers the metric may be left out.

    >>> say_measure("qa", "graph_only", "exact_match")
    'QA, graph only, exact match'
    """
    named = (_TASKS.get(task, task), _SUBSETS.get(subset, subset.removeprefix(OF_SET)), _METRICS.get(metric, metric))
    return ", ".join(part.replace("_", " ") for part in named if part)


def say_count(number: float) -> str:
    """A count with thin spaces between the thousands."""
    return f"{number:,.0f}".replace(",", "\u202f")


def _num_items(runs: Sequence[RunRecord], measure: tuple[str, str, str]) -> str:
    """How many items were asked: one number, or the smallest and the largest over the runs."""
    found = sorted(
        {run.estimates[arm, *measure].n for run in runs for arm in run.arms if (arm, *measure) in run.estimates}
    )
    return say_count(found[0]) if len(found) == 1 else f"{say_count(found[0])}–{say_count(found[-1])}"


def _arm_rows(run: RunRecord, measures: Sequence[tuple[str, ...]]) -> list[ArmRow]:
    best = [_best(run, measure) for measure in measures]
    return [
        ArmRow(
            run.name,
            arm,
            _role(run, arm),
            tuple(
                _cell(run.estimates.get((arm, *measure)), top, is_floor=arm == MAJORITY)  # type: ignore[arg-type]
                for measure, top in zip(measures, best, strict=True)
            ),
        )
        for arm in run.arms
    ]


def _best(run: RunRecord, measure: tuple[str, ...]) -> float:
    """The best mean of the trained arms; infinite where there is nothing to choose between."""
    means = [
        value.mean for (arm, *place), value in run.estimates.items() if tuple(place) == measure and arm != MAJORITY
    ]
    return max(means) if len(set(means)) > 1 else float("inf")


def _role(run: RunRecord, arm: str) -> str:
    if arm == MAJORITY:
        return "floor: each relation’s most frequent answer"
    settings = run.config.get("arms", {}).get(arm, {})
    recipe = settings.get("recipe", "")
    name = recipe.get("type", "") if isinstance(recipe, Mapping) else str(recipe)
    told = [f"recipe {name}"] if name and name != arm else []
    knowledge = str(settings.get("knowledge", "true"))
    told += [TOLD_KNOWLEDGE.get(knowledge, knowledge)] if knowledge != "true" else []
    return ", ".join([*(["control"] if arm == run.control else []), *told])


def _cell(value: Estimate | None, best: float, *, is_floor: bool) -> Cell:
    if value is None:
        return Cell("–")
    spread = "" if value.spread is None else f"± {value.spread:.3f}"
    interval = f"{value.low:.3f} to {value.high:.3f}, n = {value.n}" if value.low < value.high else f"n = {value.n}"
    return Cell(f"{value.mean:.3f}", spread, interval, best=value.mean >= best and not is_floor)


def _comparison(row: Mapping[str, Any]) -> ComparisonRow:
    low, high = row["ci95"]
    return ComparisonRow(
        arm=f"{row['arm']} against {row['control']}",
        measure=say_measure(row["task"], row["subset"], row["metric"]),
        difference=say_points(row["difference"]),
        interval=f"[{say_points(low)}, {say_points(high)}]",
        p_value=say_p(adjusted_p(row)).removeprefix("p ").removeprefix("= "),
        effect_size="–" if row.get("effect_size") is None else f"{row['effect_size']:.2f}".replace("-", "−"),
        seeds=say_seeds(row).replace(" seeds", "").replace(" seed", ""),
        by_seed=", ".join(map(say_points, row.get("seed_differences", ()))),
        headline=_headline_place(row) < len(HEADLINES),
        beyond_chance=low > 0 or high < 0,
    )


def _headline_place(row: Mapping[str, Any]) -> int:
    """Where a comparison stands among the headlines; past their end where it is none."""
    measure = (row["task"], row["subset"], row["metric"])
    return HEADLINES.index(measure) if measure in HEADLINES else len(HEADLINES)
