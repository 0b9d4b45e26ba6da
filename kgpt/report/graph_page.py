"""Pages about a graph and about one entity of it: one HTML file, which needs no other file, no network, no script."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from kgpt.atomic import write_bytes
from kgpt.kg.entity_view import EntityView
from kgpt.kg.statistics import GraphStatistics, InverseRule
from kgpt.report.graph_plots import page_figures
from kgpt.report.neighborhood import page_neighborhood
from kgpt.report.template import render

_MAX_ROWS = 100


def write_graph_page(told: GraphStatistics, name: str, out: Path) -> None:
    """Write the page about a graph's statistics, whole or not at all.

    Args:
        told: what was counted.
        name: of the graph.
        out: the HTML file.
    """
    labels = {row.id: row.label for row in told.relations}
    traits = {row.id: row for row in told.traits}
    page = render(
        "graph.html.jinja",
        title=name,
        told=told,
        figures=[Markup(figure) for figure in page_figures(told)],
        relations=[(row, traits[row.id]) for row in told.relations[:_MAX_ROWS]],
        rules=[
            ("Symmetric relations", _named(told.symmetric, labels)),
            ("Inverse pairs", _named(told.inverse, labels)),
        ],
    )
    write_bytes(out, page)


def write_entity_page(view: EntityView, out: Path) -> None:
    """Write the page about one entity, whole or not at all."""
    page = render("entity.html.jinja", title=view.main.label, view=view, drawing=Markup(page_neighborhood(view)))
    write_bytes(out, page)


def _named(rules: Sequence[InverseRule], labels: dict[str, str]) -> list[tuple[str, str, InverseRule]]:
    return [(labels[rule.relation], labels[rule.inverse], rule) for rule in rules[:_MAX_ROWS]]
