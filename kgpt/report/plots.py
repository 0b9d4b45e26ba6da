"""The figures of the page, each a function that gives inline SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from kgpt.report.estimate import Estimate
from kgpt.report.palette import GRID, INK, MUTED, ArmStyle
from kgpt.report.svg import drawing, inline_figure

_WIDTH_IN = 4.4
_ROW_IN = 0.16
_MAX_LABEL_CHARS = 34


@dataclass(frozen=True, slots=True)
class Line:
    """One arm's and seed's values over the steps."""

    arm: str
    steps: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DotRow:
    """One line of a dot plot: a measure, and what every arm has in it.

    Args:
        label: the measure, for people.
        by_arm: each arm's estimate; an arm without one is left out.
    """

    label: str
    by_arm: Mapping[str, Estimate]


def learning_curve(
    title: str, lines: Sequence[Line], styles: Mapping[str, ArmStyle], *, name: str, is_share: bool = False
) -> str:
    """One figure over the training steps, a line for every arm and seed.

    Args:
        title: the objective, or what a probe measures.
        lines: the values.
        styles: of the arms.
        name: unique in the page.
        is_share: whether the values are shares, drawn from 0 on.
    """
    with drawing():
        figure = Figure(figsize=(3.4, 2.3), layout="constrained")
        axes = figure.add_subplot()
        for line in lines:
            _draw_line(axes, line, styles[line.arm])
        axes.set_xlabel("step", color=MUTED)
        axes.set_title(title, loc="left", color=INK, fontsize=9, fontweight="bold")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        if is_share:
            axes.set_ylim(bottom=0)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        _quieten(axes, grid="y")
        label = f"Learning curve of {title} over the training steps. {say_ends(lines)}"
        return inline_figure(figure, label=label, name=name)


def dot_plot(rows: Sequence[DotRow], styles: Mapping[str, ArmStyle], *, label: str, name: str) -> str:
    """Every arm's share in every measure with its interval, one measure a row.

    Args:
        rows: the measures from top to bottom.
        styles: of the arms, in the order in which they are drawn within a row.
        label: what the figure shows, for those who do not see it.
        name: unique in the page.
    """
    with drawing():
        height = 0.55 + len(rows) * _ROW_IN * (len(styles) + 0.9)
        figure = Figure(figsize=(_WIDTH_IN, height), layout="constrained")
        axes = figure.add_subplot()
        offsets = _offsets(len(styles))
        for place, row in enumerate(rows):
            for (arm, style), offset in zip(styles.items(), offsets, strict=True):
                if arm in row.by_arm:
                    _draw_dot(axes, place + offset, row.by_arm[arm], style)
        _dress_rows(axes, [row.label for row in rows])
        return inline_figure(figure, label=f"{label}. {say_rows(rows)}", name=name)


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """Links of about the same score: their mean score, the share of them that is right, how many."""

    score: float
    right: float
    count: int


def calibration_plot(bins: Sequence[ScoreBin], *, label: str, name: str) -> str:
    """The share of links that is right over the score that they were given; on the diagonal, scores say the truth.

    Args:
        bins: of links by score.
        label: what the figure shows, for those who do not see it.
        name: unique in the page.
    """
    with drawing():
        figure = Figure(figsize=(3.0, 2.8), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
        axes.plot([one.score for one in bins], [one.right for one in bins], color=INK, linewidth=1.2)
        most = max((one.count for one in bins), default=1)
        for one in bins:
            axes.plot(one.score, one.right, color=INK, marker="o", markersize=3 + 7 * (one.count / most) ** 0.5)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.02, 1.02)
        axes.set_xlabel("score", color=MUTED)
        axes.set_ylabel("share right", color=MUTED)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        _quieten(axes, grid="y")
        told = " ".join(f"{one.score:.2f}: {one.right:.2f} of {one.count}." for one in bins)
        return inline_figure(figure, label=f"{label}. {told}", name=name)


def say_rows(rows: Sequence[DotRow]) -> str:
    """What a dot plot shows, in words.

    >>> say_rows([DotRow("QA", {"kg_t5": Estimate(0.5, 0.4, 0.6, 100)})])
    'QA: kg_t5 50.0 %.'
    """
    return " ".join(
        f"{row.label}: "
        + ", ".join(f"{arm} {value.mean:.1%}".replace("%", " %") for arm, value in row.by_arm.items())
        + "."
        for row in rows
    )


def say_ends(lines: Sequence[Line]) -> str:
    """Where each line begins and ends, in words.

    >>> say_ends([Line("kg_t5", (10, 20), (3.0, 1.5))])
    'kg_t5: from 3.00 at step 10 to 1.50 at step 20.'
    """
    return " ".join(
        f"{line.arm}: from {line.values[0]:.2f} at step {line.steps[0]:.0f} "
        f"to {line.values[-1]:.2f} at step {line.steps[-1]:.0f}."
        for line in lines
    )


def _draw_line(axes: Axes, line: Line, style: ArmStyle) -> None:
    axes.plot(
        line.steps,
        line.values,
        color=style.color,
        linestyle=style.line,
        linewidth=1.4,
        marker=style.marker if len(line.steps) <= 12 else None,
        markersize=3,
    )


def _draw_dot(axes: Axes, height: float, value: Estimate, style: ArmStyle) -> None:
    axes.plot([value.low, value.high], [height, height], color=style.color, linewidth=1.3, solid_capstyle="butt")
    axes.plot(
        value.mean,
        height,
        color=style.color,
        marker=style.marker,
        markersize=5,
        linestyle="none",
        clip_on=False,
    )


def _offsets(num_arms: int) -> list[float]:
    """Where the arms lie within a row of height 1."""
    step = 1 / (num_arms + 0.9)
    return [(number - (num_arms - 1) / 2) * step for number in range(num_arms)]


def _dress_rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [_short(label) for label in labels])
    axes.set_ylim(len(labels) - 0.45, -0.55)
    for place in range(1, len(labels)):
        axes.axhline(place - 0.5, color=GRID, linewidth=0.6)
    axes.set_xlim(left=0, right=min(1.0, max(0.05, axes.get_xlim()[1])))
    decimals = 0 if axes.get_xlim()[1] >= 0.1 else 1
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=decimals, symbol=" %"))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    _quieten(axes, grid="x")
    axes.tick_params(axis="y", length=0, labelcolor=INK)


def _short(label: str) -> str:
    return label if len(label) <= _MAX_LABEL_CHARS else label[: _MAX_LABEL_CHARS - 1] + "…"


def _quieten(axes: Axes, *, grid: Literal["x", "y"]) -> None:
    """No frame, a pale grid, quiet numbers."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(axis=grid, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, length=0, labelsize=8)
