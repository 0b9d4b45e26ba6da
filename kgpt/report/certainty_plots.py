"""The figures about how sure an arm is: right over probability, wrong over given, what is said and what is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from kgpt.evaluation.calibration import Bin
from kgpt.report.palette import BAD, GOOD, INK, MUTED, NEITHER, ArmStyle
from kgpt.report.svg import drawing, inline_figure
from kgpt.report.theme import PAGE, shortened

_MAX_POINTS = 60
_SIZE = (4.4, 3.3)
_PALE = 0.4


@dataclass(frozen=True, slots=True)
class AnswerBar:
    """What an arm does with the items of a subset, as shares of them that sum to 1.

    Args:
        group: the subset, for people.
        arm: the arm, with the number of items.
        right: given and right.
        wrong: given and wrong.
        withheld: abstained from, though right.
        note: written at the bar's end.
    """

    group: str
    arm: str
    right: float
    wrong: float
    withheld: float
    note: str = ""


def reliability_plot(bins: Mapping[str, Sequence[Bin]], styles: Mapping[str, ArmStyle], *, name: str) -> str:
    """The share of answers that is right over the probability they were given; on the diagonal they agree.

    Args:
        bins: of each arm's answers.
        styles: of the arms.
        name: unique in the page.
    """
    with drawing():
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
        for arm, found in bins.items():
            style = styles[arm]
            axes.plot(
                [one.probability for one in found],
                [one.right for one in found],
                color=style.color,
                linestyle=style.line,
                linewidth=1.2,
                marker=style.marker,
                markersize=4,
                clip_on=False,
            )
        _dress(axes, "Calibration", "probability of the answer", "share right")
        told = " ".join(f"{arm}: {_say_bins(found)}" for arm, found in bins.items())
        return inline_figure(figure, label=f"Share right over the answers' probability, by arm. {told}", name=name)


def risk_plot(risks: Mapping[str, NDArray[np.float64]], styles: Mapping[str, ArmStyle], *, name: str) -> str:
    """The share wrong among the most probable answers, over the share of items that are answered.

    Args:
        risks: of each arm, `selective_risks`.
        styles: of the arms.
        name: unique in the page.
    """
    with drawing():
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        for arm, found in risks.items():
            places = np.unique(np.linspace(0, len(found) - 1, min(len(found), _MAX_POINTS)).astype(int))
            style = styles[arm]
            axes.plot((places + 1) / len(found), found[places], color=style.color, linestyle=style.line, linewidth=1.4)
        _dress(axes, "Risk and coverage", "share answered, the most probable first", "share wrong among them")
        told = " ".join(f"{arm}: {_say_risks(found)}" for arm, found in risks.items())
        return inline_figure(figure, label=f"Share wrong over share answered, by arm. {told}", name=name)


def answer_bars(bars: Sequence[AnswerBar], *, name: str) -> str:
    """Right, wrong and abstained from, a bar an arm, the subsets under each other.

    Args:
        bars: those of one subset follow each other.
        name: unique in the page.
    """
    with drawing():
        groups = list(dict.fromkeys(bar.group for bar in bars))
        heights = [place + 0.9 * groups.index(bar.group) for place, bar in enumerate(bars)]
        figure = Figure(figsize=(5.2, 0.6 + 0.24 * (heights[-1] + 2)), layout="constrained")
        axes = figure.add_subplot()
        for height, bar in zip(heights, bars, strict=True):
            _draw_bar(axes, height, bar)
        for group in groups:
            top = next(height for height, bar in zip(heights, bars, strict=True) if bar.group == group)
            axes.text(0, top - 0.62, group, color=INK, fontsize=8, fontweight="bold", va="bottom")
        PAGE.quieten(axes, "", grid="x")
        axes.set_yticks(heights, [shortened(bar.arm, 28) for bar in bars])
        axes.set_ylim(heights[-1] + 0.6, -1.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.tick_params(axis="y", labelcolor=INK)
        told = " ".join(
            f"{bar.group}, {bar.arm}: right {bar.right:.0%}, wrong {bar.wrong:.0%}, "
            f"abstained though right {bar.withheld:.0%}{bar.note and f', {bar.note}'}."
            for bar in bars
        ).replace("%", " %")
        return inline_figure(figure, label=f"Answers right, wrong and abstained from. {told}", name=name)


def _draw_bar(axes: Axes, height: float, bar: AnswerBar) -> None:
    left = 0.0
    rest = max(0.0, 1 - bar.right - bar.wrong - bar.withheld)
    for share, color, alpha in (
        (bar.right, GOOD, 1),
        (bar.wrong, BAD, 1),
        (bar.withheld, GOOD, _PALE),
        (rest, NEITHER, 1),
    ):
        axes.barh(height, share, left=left, height=0.72, color=color, alpha=alpha, linewidth=0)
        left += share
    if bar.note:
        axes.annotate(
            bar.note,
            (1, height),
            (5, 0),
            textcoords="offset points",
            color=MUTED,
            fontsize=7.5,
            va="center",
            annotation_clip=False,
        )


def _dress(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel(across, color=MUTED)
    axes.set_ylabel(up, color=MUTED)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    PAGE.quieten(axes, title, grid="both")


def _say_bins(bins: Sequence[Bin]) -> str:
    return ", ".join(f"{one.probability:.2f} gives {one.right:.2f} of {one.count}" for one in bins) + "."


def _say_risks(risks: NDArray[np.float64]) -> str:
    places = [max(0, round(share * len(risks)) - 1) for share in (0.25, 0.5, 1.0)]
    return ", ".join(f"{(place + 1) / len(risks):.2f} answered {risks[place]:.2f} wrong" for place in places) + "."
