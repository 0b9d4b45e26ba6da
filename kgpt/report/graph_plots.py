"""The figures about a graph, each drawn into axes, for a page and for a picture."""

from collections.abc import Callable, Mapping, Sequence
from math import log10
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kgpt.atomic import atomic_file
from kgpt.kg.statistics import GraphStatistics
from kgpt.report.svg import drawing, inline_figure
from kgpt.report.theme import PAGE, PAPER, Theme, shortened

_MAX_RELATIONS = 20
_MAX_NAMED = 10
_MAX_LANGUAGES = 12
Drawer = Callable[[Axes, GraphStatistics, Theme], None]


def draw_degrees(axes: Axes, told: GraphStatistics, theme: Theme) -> None:
    """How many entities have how many triples; both axes grow by powers."""
    rows = [(low, count) for low, count in told.degrees.histogram if count]
    labels = [f"{low:,}" if low < 2 else f"{low:,}-{2 * low - 1:,}" for low, _ in rows]
    axes.bar(range(len(rows)), [count for _, count in rows], color=theme.bar, width=0.8)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_xticks(range(len(rows)), labels, rotation=60, ha="right")
    axes.set_xlabel("triples an entity is in", color=theme.muted)
    axes.set_ylabel("entities", color=theme.muted)
    theme.quieten(axes, "Degrees", grid="y")


def draw_relations(axes: Axes, told: GraphStatistics, theme: Theme) -> None:
    """The largest relations."""
    rows = told.relations[:_MAX_RELATIONS]
    axes.barh(range(len(rows)), [row.num_triples for row in rows], color=theme.bar, height=0.7)
    axes.set_yticks(range(len(rows)), [shortened(row.label, 30) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel("triples", color=theme.muted)
    theme.quieten(axes, f"Largest relations ({len(rows)} of {told.num_relations:,})", grid="x")


def draw_shapes(axes: Axes, told: GraphStatistics, theme: Theme) -> None:
    """Tails a head against heads a tail: functions lie on the left, their inverses at the bottom."""
    rows = [row for row in told.relations if row.num_triples]
    across = [row.num_triples / row.num_heads for row in rows]
    up = [row.num_triples / row.num_tails for row in rows]
    most = max((row.num_triples for row in rows), default=1)
    sizes = [4 + 90 * (row.num_triples / most) ** 0.5 for row in rows]
    axes.scatter(across, up, s=sizes, color=theme.bar, alpha=0.45, linewidths=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")
    for number in _apart(across, up):
        place, name = (across[number], up[number]), shortened(rows[number].label, 24)
        axes.annotate(name, place, (4, 3), textcoords="offset points", color=theme.ink, fontsize=7)
    axes.set_xlabel("tails a head, on average", color=theme.muted)
    axes.set_ylabel("heads a tail, on average", color=theme.muted)
    theme.quieten(axes, "Shapes of relations", grid="both")


def _apart(across: Sequence[float], up: Sequence[float]) -> list[int]:
    """The first points that are far enough from each other for a name beside each, on logarithmic axes."""
    chosen: list[int] = []
    for number, (x, y) in enumerate(zip(across, up, strict=True)):
        near = [abs(log10(y / up[one])) < 0.13 and abs(log10(x / across[one])) < 0.6 for one in chosen]
        if not any(near):
            chosen.append(number)
    return chosen[:_MAX_NAMED]


def draw_languages(axes: Axes, told: GraphStatistics, theme: Theme) -> None:
    """The share of entities that have a label, and other names, in each language."""
    rows = told.languages[:_MAX_LANGUAGES]
    fields = (
        ("num_labels", "label", 1.0),
        ("num_with_aliases", "alias", 0.55),
        ("num_descriptions", "description", 0.28),
    )
    height = 0.8 / len(fields)
    for place, (field, name, alpha) in enumerate(fields):
        shares = [100 * getattr(row, field) / max(1, told.num_entities) for row in rows]
        heights = [number + (place - 1) * height for number in range(len(rows))]
        axes.barh(heights, shares, color=theme.bar, alpha=alpha, height=0.9 * height, label=name)
    axes.set_yticks(range(len(rows)), [row.language for row in rows])
    axes.set_ylim(max(3, len(rows)) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the entities", color=theme.muted)
    theme.quieten(axes, "Names by language", grid="x")
    axes.legend(frameon=False, fontsize=7, labelcolor=theme.ink, loc="lower right")


_FIGURES: Mapping[str, tuple[Drawer, str]] = {
    "degrees": (draw_degrees, "How many entities are in how many triples"),
    "relations": (draw_relations, "The relations with most triples"),
    "shapes": (draw_shapes, "Mean tails a head against mean heads a tail of every relation"),
    "languages": (draw_languages, "Share of entities with a label, an alias and a description by language"),
}


def page_figures(told: GraphStatistics) -> list[str]:
    """All figures as inline SVG."""
    figures = []
    with drawing():
        for name, (draw, label) in _FIGURES.items():
            figure = Figure(figsize=(4.4, 3.6 if name != "relations" else 4.2), layout="constrained")
            draw(figure.add_subplot(), told, PAGE)
            figures.append(inline_figure(figure, label=label, name=name))
    return figures


def write_picture(told: GraphStatistics, path: Path) -> None:
    """All figures in one picture; its form is told by the suffix of `path` (png, svg, pdf)."""
    with drawing(), atomic_file(path) as file:
        figure = Figure(figsize=(11, 8.4), layout="constrained", facecolor="white")
        for axes, (draw, _) in zip(figure.subplots(2, 2).flat, _FIGURES.values(), strict=True):
            draw(axes, told, PAPER)
        figure.savefig(file, format=path.suffix[1:], dpi=150)
