import re

import pytest

from kgpt.kg import build_graph
from kgpt.kg.entity_view import view_entity
from kgpt.kg.statistics import graph_statistics
from kgpt.records import EntityRecord, Literal, Qualifier, RelationRecord, Triple
from kgpt.report.graph_page import write_entity_page, write_graph_page
from kgpt.report.graph_plots import write_picture
from kgpt.report.neighborhood import write_neighborhood

BORDERS = Triple("Q1", "P47", "Q2")
GRAPH, _ = build_graph(
    [
        BORDERS,
        Triple("Q2", "P47", "Q1"),
        Triple("Q1", "P36", "Q3"),
        EntityRecord("Q1", "<b>Land</b> $x^2$", ("a & b",), "x" * 200),
        EntityRecord("Q2", "長い\n名前"),
        RelationRecord("P47", "shares border with <script>"),
        Literal("Q1", "P571", "195X", "date"),
        Qualifier(BORDERS, "P580", "1990", "date"),
    ]
)


def check_page(text):
    """A page that needs nothing else, in which nothing of the data is markup and every colour is the page's own."""
    assert not re.search(r'(?:src|href)="(?!#)', text)
    assert "<script>" not in text and "<b>" not in text
    assert "#0a000" not in text and "#0b000" not in text
    identifiers = re.findall(r' id="([^"]*)"', text)
    assert len(identifiers) == len(set(identifiers))


def test_the_page_about_a_graph_holds_its_figures_and_rules(tmp_path):
    write_graph_page(graph_statistics(GRAPH, min_support=1), "my & graph", tmp_path / "graph.html")

    text = (tmp_path / "graph.html").read_text()
    check_page(text)
    assert text.count("<svg") == 4
    assert "my &amp; graph" in text and "shares border with &lt;script&gt;" in text


def test_the_page_about_an_entity_holds_its_drawing(tmp_path):
    write_entity_page(view_entity(GRAPH, 0), tmp_path / "entity.html")

    text = (tmp_path / "entity.html").read_text()
    check_page(text)
    assert text.count("<svg") == 1
    assert "decade" in text and "a &amp; b" in text


@pytest.mark.parametrize(("name", "start"), [("out.png", b"\x89PNG"), ("out.svg", b"<?xml")])
def test_pictures_are_written_by_their_suffix(tmp_path, name, start):
    write_picture(graph_statistics(GRAPH), tmp_path / f"graph-{name}")
    write_neighborhood(view_entity(GRAPH, 0), tmp_path / f"entity-{name}")

    for what in ("graph", "entity"):
        assert (tmp_path / f"{what}-{name}").read_bytes().startswith(start)


def test_an_entity_without_triples_is_drawn_alone(tmp_path):
    graph, _ = build_graph([Triple("Q1", "P1", "Q2"), EntityRecord("Q9", "lonely")])

    write_entity_page(view_entity(graph, 2), tmp_path / "entity.html")

    assert "lonely" in (tmp_path / "entity.html").read_text()
