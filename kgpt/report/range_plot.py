"""The picture of a learning-rate range test."""

from pathlib import Path

from matplotlib.figure import Figure

from kgpt.report.svg import drawing
from kgpt.training.rate_finding import RangeTest


def draw_range_test(test: RangeTest, path: Path, *, title: str) -> None:
    """Write the smoothed loss over the rate, the suggestion marked; `path` ends with .svg or .png."""
    with drawing():
        figure = Figure(figsize=(5.0, 3.0), layout="constrained", dpi=150)
        axes = figure.add_subplot()
        axes.plot(test.rates, test.losses)
        axes.axvline(test.suggestion, color="grey", linestyle="--", linewidth=1)
        axes.annotate(f" {test.suggestion:.1e}", (test.suggestion, max(test.losses)), fontsize=8)
        axes.set_xscale("log")
        axes.set_xlabel("learning rate")
        axes.set_ylabel("smoothed loss")
        axes.set_title(title, loc="left", fontsize=9, fontweight="bold")
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
