"""Shares by rows and grouped columns, as a table of shaded cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from kgpt.report.palette import BAR, GRID, INK, MUTED
from kgpt.report.svg import drawing, inline_figure
from kgpt.report.theme import PAGE, shortened

_STRONGEST = 0.62
"""Opacity of a share of 1: the number on it must stay readable on light and on dark paper."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A share and the number of items behind it."""

    share: float
    n: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row: its name, and its cells by group and column."""

    label: str
    cells: Mapping[tuple[str, str], HeatCell]


def heat_map(rows: Sequence[HeatRow], groups: Sequence[str], columns: Sequence[str], *, label: str, name: str) -> str:
    """The rows from top to bottom, the groups from left to right, each with all columns.

    Args:
        rows: what is shown; a cell that a row lacks stays empty.
        groups: leading parts of the cells' keys.
        columns: second parts of the cells' keys.
        label: what the figure shows, for those who do not see it.
        name: unique in the page.
    """
    with drawing():
        places = [(group, column) for group in groups for column in columns]
        figure = Figure(figsize=(1.7 + 0.46 * len(places), 0.75 + 0.25 * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        for height, row in enumerate(rows):
            for across, place in enumerate(places):
                if cell := row.cells.get(place):
                    axes.barh(height, 1, left=across, height=1, color=BAR, alpha=_STRONGEST * cell.share, linewidth=0)
                    axes.text(
                        across + 0.5,
                        height,
                        f"{cell.share:.0%}".replace("%", " %"),
                        ha="center",
                        va="center",
                        color=INK,
                        fontsize=7.5,
                    )
        for edge in range(0, len(places) + 1, len(columns)):
            axes.axvline(edge, color=GRID, linewidth=1.2)
        for number, group in enumerate(groups):
            middle = (number + 0.5) * len(columns)
            axes.text(middle, -1.35, shortened(group, 8 * len(columns)), ha="center", color=INK, fontsize=8)
        axes.set_xlim(0, len(places))
        axes.set_ylim(len(rows) - 0.5, -0.5)
        PAGE.quieten(axes, "", grid="x")
        axes.grid(visible=False)
        axes.xaxis.tick_top()
        axes.set_xticks([place + 0.5 for place in range(len(places))], [column for _, column in places])
        axes.set_yticks(range(len(rows)), [shortened(row.label, 30) for row in rows])
        axes.tick_params(length=0, labelsize=7.5, labelcolor=MUTED)
        axes.tick_params(axis="y", labelcolor=INK)
        return inline_figure(figure, label=f"{label}. {_say(rows)}", name=name)


def _say(rows: Sequence[HeatRow]) -> str:
    return " ".join(
        f"{row.label}: "
        + ", ".join(
            f"{group} {column} {100 * cell.share:.0f} % of {cell.n}" for (group, column), cell in row.cells.items()
        )
        + "."
        for row in rows
    )
