"""A run's table in Markdown, for the cards of its models: every arm, and the tests of the headline family."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import mean, stdev
from typing import Any

from kgpt.evaluation.summary import HEADLINES
from kgpt.text import markdown_table

_Values = Mapping[tuple[str, str, str, str], list[float]]


def run_table(results: Mapping[str, Any]) -> str:
    """What `results.json` says of all arms in the headline measures, and how they compare."""
    values: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for row in results["results"]:
        values[row["arm"], row["task"], row["subset"], row["metric"]].append(row["value"])
    shown = [measure for measure in HEADLINES if any(key[1:] == measure for key in values)]
    arms = dict.fromkeys(key[0] for key in values if key[1:] in shown)
    rows = [[arm, *(_cell(values.get((arm, *measure))) for measure in shown)] for arm in arms]
    table = markdown_table(["arm", *(" ".join(measure).replace("_", " ") for measure in shown)], rows)
    tests = list(_tests(results))
    if not tests:
        return table
    header = ["against", "measure", "difference", "95 % interval", "p, Holm", "d_z", "seeds"]
    return f"{table}\n\nPaired over the same items:\n\n{markdown_table(header, tests)}"


def _tests(results: Mapping[str, Any]) -> Iterator[list[str]]:
    for row in results["comparisons"]:
        if row["family"] == "headline":
            low, high = row["ci95"]
            yield [
                f"{row['arm']} against {row['control']}",
                f"{row['task']} {row['subset']} {row['metric']}".replace("_", " "),
                f"{row['difference']:+.3f}",
                f"[{low:+.3f}, {high:+.3f}]",
                "< 0.001" if row["p_adjusted"] < 0.001 else f"{row['p_adjusted']:.3f}",
                "–" if row["effect_size"] is None else f"{row['effect_size']:.2f}",
                str(row["num_seeds"]),
            ]


def _cell(values: list[float] | None) -> str:
    if not values:
        return "–"
    return f"{mean(values):.3f}" + (f" ± {stdev(values):.3f}" if len(values) > 1 else "")
