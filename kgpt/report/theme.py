"""The colours of a figure: stand-ins within a page, colours of their own in a file."""

from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes

from kgpt.report.palette import BAR, GRID, INK, MUTED


@dataclass(frozen=True, slots=True)
class Theme:
    """What a figure's parts are drawn in."""

    ink: str
    muted: str
    grid: str
    bar: str

    def quieten(self, axes: Axes, title: str, *, grid: Literal["x", "y", "both"]) -> None:
        """No frame, a pale grid, quiet numbers, the title to the left."""
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.grid(axis=grid, color=self.grid, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(colors=self.muted, length=0, labelsize=8, which="both")
        axes.set_title(title, loc="left", color=self.ink, fontsize=9, fontweight="bold")


PAGE = Theme(INK, MUTED, GRID, BAR)
PAPER = Theme("#1c2330", "#5d6675", "#dcded9", "#0b6fb3")


def shortened(text: str, max_chars: int) -> str:
    """`text` in one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= max_chars else line[: max_chars - 1] + "…"
