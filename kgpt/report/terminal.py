"""A run's results as a table for the terminal, and its verdict in plain words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import mean, stdev
from typing import Any

from kgpt.text import table

COLUMNS = (
    ("qa", "all", "exact_match", "QA all"),
    ("qa", "stated_in_text", "exact_match", "QA stated"),
    ("qa", "graph_only", "exact_match", "QA graph-only"),
    ("qa", "hop_1", "exact_match", "QA 1 hop"),
    ("qa", "hop_2", "exact_match", "QA 2 hops"),
    ("qa", "hop_3", "exact_match", "QA 3 hops"),
    ("coverage", "graph_only", "exact_match", "coverage graph-only"),
    ("cloze", "seen", "p_at_1", "cloze P@1 seen"),
    ("cloze", "seen", "mrr", "cloze MRR seen"),
    ("cloze", "held_out", "mrr", "cloze MRR held out"),
    ("graph_completion", "seen", "p_at_1", "graph P@1 seen"),
    ("graph_completion", "held_out", "mrr", "graph MRR held out"),
)
"""Task, subset, metric and title of every figure in the table of arms."""

_VERDICTS = (
    (
        ("qa", "graph_only", "exact_match"),
        "knows {ours} of the graph-only facts asked for, {control} {theirs}",
    ),
    (
        ("cloze", "seen", "p_at_1"),
        "completes {ours} of the facts it was trained on, {control} {theirs}",
    ),
    (
        ("graph_completion", "seen", "p_at_1"),
        "completes {ours} of the graph's facts as nodes, {control} {theirs}",
    ),
)
Means = Mapping[tuple[str, str, str, str], list[float]]


def seed_values(results: Mapping[str, Any]) -> Means:
    """Every arm's values over the seeds, by arm, task, subset and metric."""
    values: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for row in results["results"]:
        values[row["arm"], row["task"], row["subset"], row["metric"]].append(row["value"])
    return values


def results_table(results: Mapping[str, Any]) -> str:
    """The table of arms, the linker's line, and one verdict an arm."""
    values = seed_values(results)
    arms = list(dict.fromkeys(row["arm"] for row in results["results"] if row["arm"] != "linker"))
    columns = [column for column in COLUMNS if any((arm, *column[:3]) in values for arm in arms)]
    header = ["arm", *(title for *_, title in columns)]
    rows = [[arm, *(_cell(values.get((arm, *column[:3]), [])) for column in columns)] for arm in arms]
    lines = [table(header, rows)]
    lines += ["", *verdicts(results)]
    if f1 := values.get(("linker", "linking", "all", "in_kb_micro_f1")):
        lines.append(f"entity linking on the corpus' own gold links: in-KB micro F1 {f1[0]:.3f}")
    return "\n".join(lines)


def verdicts(results: Mapping[str, Any]) -> Iterator[str]:
    """What each arm knows beyond the control, and beyond its twin on the shuffled graph, in plain words."""
    values = seed_values(results)
    return (say_verdict(row, values) for row in verdict_rows(results))


def verdict_rows(results: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The comparisons that decide: in graph-only questions, or where none were asked in the probes."""
    measures = {_measure(row) for row in results["comparisons"]}
    asked, *probes = (measure for measure, _ in _VERDICTS)
    decisive = [asked] if asked in measures else probes
    return [row for measure in decisive for row in results["comparisons"] if _measure(row) == measure]


def say_verdict(row: Mapping[str, Any], values: Means) -> str:
    """One comparison of `verdict_rows` in plain words."""
    measure, control = _measure(row), row["control"]
    ours, theirs = (say_share(mean(values[arm, *measure])) for arm in (row["arm"], control))
    low, high = row["ci95"]
    said = dict(_VERDICTS)[measure].format(ours=ours, theirs=theirs, control=control)
    interval = f"[{say_points(low)}, {say_points(high)}]"
    return (
        f"{row['arm']} {said}: {say_points(row['difference'])} points {interval}, {say_p(adjusted_p(row))}, "
        f"{say_seeds(row)}"
    )


def adjusted_p(row: Mapping[str, Any]) -> float:
    """A comparison's p-value, corrected for the tests beside it where the run was so."""
    return float(row.get("p_adjusted", row["p_value"]))


def say_seeds(row: Mapping[str, Any]) -> str:
    """How many seeds a comparison has; of three or more, how many lean to its side."""
    number, difference = row["num_seeds"], row["difference"]
    said = f"{number} seed{'s' if number > 1 else ''}"
    found = row.get("seed_differences", ())
    if len(found) < 3 or not difference:
        return said
    agreeing = sum(one * difference > 0 for one in found)
    return f"{said}, {'all agree' if agreeing == len(found) else f'{agreeing} of {len(found)} agree'}"


def _measure(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["task"], row["subset"], row["metric"]


def say_p(p_value: float) -> str:
    """A p-value as one says it."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def say_share(share: float) -> str:
    """A share as one says it.

    >>> say_share(0.61)
    '61 %'
    """
    return f"{100 * share:.0f} %"


def say_points(difference: float) -> str:
    """A difference of shares in points, with its sign.

    >>> say_points(-0.0123)
    '−1.2'
    """
    return f"{difference * 100:+.1f}".replace("-", "−")


def _cell(values: list[float]) -> str:
    if not values:
        return "-"
    spread = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"
