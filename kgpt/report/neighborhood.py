"""An entity with its triples as a drawing: who points at it on the left, what it points at on the right."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kgpt.atomic import atomic_file
from kgpt.kg.entity_view import EntityView, TripleView
from kgpt.report.svg import drawing, inline_figure
from kgpt.report.theme import PAGE, PAPER, Theme, shortened

_ROW_IN = 0.42
_ENTITY_FILL, _OWN_FILL, _BOX_INK = "#e8ecf1", "#f2b134", "#1c2330"
_NAME_CHARS, _RELATION_CHARS = 30, 28


def draw_neighborhood(view: EntityView, theme: Theme) -> Figure:
    """The drawing."""
    num_rows = max(1, len(view.outgoing), len(view.incoming))
    figure = Figure(figsize=(11, max(1.6, num_rows * _ROW_IN + 0.4)))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.axis("off")
    axes.set_xlim(-1.32, 1.32)
    axes.set_ylim(-num_rows / 2 - 0.4, num_rows / 2 + 0.4)
    _draw_side(axes, view.incoming, -1, theme)
    _draw_side(axes, view.outgoing, 1, theme)
    _draw_box(axes, 0, 0, view.main.label, _OWN_FILL, weight="bold")
    return figure


def write_neighborhood(view: EntityView, path: Path) -> None:
    """The drawing as a picture; its form is told by the suffix of `path` (png, svg, pdf)."""
    with drawing(), atomic_file(path) as file:
        draw_neighborhood(view, PAPER).savefig(file, format=path.suffix[1:], dpi=150, facecolor="white")


def page_neighborhood(view: EntityView) -> str:
    """The drawing as inline SVG."""
    with drawing():
        label = f"{view.main.label}: {len(view.incoming)} triples to it, {len(view.outgoing)} from it"
        return inline_figure(draw_neighborhood(view, PAGE), label=label, name="neighborhood")


def _draw_side(axes: Axes, triples: Sequence[TripleView], side: int, theme: Theme) -> None:
    for place, triple in enumerate(triples):
        height = (len(triples) - 1) / 2 - place
        axes.plot([0, 0.26 * side, 0.74 * side], [0, height, height], color=theme.muted, linewidth=0.8, zorder=1)
        tip = 0.76 if side > 0 else -0.26
        arrow = {"arrowstyle": "-|>", "color": theme.muted, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (tip, height), (tip - 0.04, height), arrowprops=arrow)
        name = shortened(triple.relation, _RELATION_CHARS)
        axes.text(0.5 * side, height + 0.08, name, ha="center", va="bottom", fontsize=7.5, color=theme.ink)
        if triple.qualifiers:
            said = shortened("; ".join(map(str, triple.qualifiers)), _RELATION_CHARS + 8)
            axes.text(0.5 * side, height - 0.08, said, ha="center", va="top", fontsize=6, color=theme.muted)
        _draw_box(axes, 0.78 * side, height, triple.label, _ENTITY_FILL, align="left" if side > 0 else "right")


def _draw_box(
    axes: Axes, across: float, up: float, name: str, fill: str, *, align: str = "center", weight: str = "normal"
) -> None:
    box = {"boxstyle": "round,pad=0.35", "facecolor": fill, "edgecolor": "#52606d", "linewidth": 0.6}
    axes.text(
        across,
        up,
        shortened(name, _NAME_CHARS),
        ha=align,
        va="center",
        fontsize=8.5,
        color=_BOX_INK,
        fontweight=weight,
        bbox=box,
        zorder=3,
    )
