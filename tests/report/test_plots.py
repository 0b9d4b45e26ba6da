from xml.etree import ElementTree

import numpy as np
import pytest

from kgpt.report.estimate import Estimate
from kgpt.report.palette import arm_styles
from kgpt.report.plots import DotRow, Line, dot_plot, learning_curve, say_rows
from kgpt.report.svg import drawing, inline_svg
from kgpt.wkgraph import NodeKind, WordKnowledgeGraph
from kgpt.wkgraph.drawing import draw

HOSTILE = '<b>$x^$</b> & "q" 知識'
STYLES = arm_styles(["text_only", "kg_t5", "majority"], control="text_only")
ROWS = [
    DotRow(HOSTILE, {"kg_t5": Estimate(0.5, 0.4, 0.6, 10), "majority": Estimate(0.1, 0.1, 0.1, 10)}),
    DotRow("cloze", {"text_only": Estimate(1.0, 0.9, 1.0, 10)}),
]


@pytest.fixture
def figures():
    lines = [Line("kg_t5", (1.0, 2.0), (3.0, 2.0)), Line("text_only", (1.0, 2.0), (3.0, 1.0))]
    return [
        dot_plot(ROWS, STYLES, label=HOSTILE, name="one"),
        learning_curve(HOSTILE, lines, STYLES, name="two"),
    ]


def texts(svg: str) -> list[str]:
    return [
        "".join(element.itertext()) for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")
    ]


def test_a_figure_is_well_formed_and_says_what_it_shows(figures):
    for svg in figures:
        root = ElementTree.fromstring(svg)
        assert root.attrib["role"] == "img"
        assert HOSTILE in root.attrib["aria-label"]
        assert any(text == HOSTILE for text in texts(svg))


def test_a_figure_has_the_page_s_colours_and_font(figures):
    for svg in figures:
        assert "var(--arm-1)" in svg
        assert "var(--sans)" in svg
        assert "#0b0001" not in svg
        assert "DejaVu" not in svg


def test_a_figure_refers_to_nothing_outside(figures):
    for svg in figures:
        assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "<style" not in svg


def test_no_two_figures_share_an_id(figures):
    first, second = (
        {e.attrib["id"] for e in ElementTree.fromstring(svg).iter() if "id" in e.attrib} for svg in figures
    )

    assert first
    assert second
    assert not first & second


def test_every_reference_is_resolved(figures):
    for svg in figures:
        root = ElementTree.fromstring(svg)
        ids = {element.attrib.get("id") for element in root.iter()}
        assert {element.attrib["href"][1:] for element in root.iter() if "href" in element.attrib} <= ids


def test_equal_figures_have_equal_bytes():
    first, second = (dot_plot(ROWS, STYLES, label="x", name="x") for _ in range(2))

    assert first == second


def test_the_words_of_a_dot_plot_hold_every_value():
    assert say_rows(ROWS[1:]) == "cloze: text_only 100.0 %."


def test_arms_differ_in_colour_and_marker():
    styles = arm_styles(["text_only", "a", "b", "c", "majority"], control="text_only").values()

    assert len({style.color for style in styles}) == len({style.symbol for style in styles}) == 5


def test_a_drawing_with_hostile_labels_is_well_formed_and_holds_no_markup():
    wkgraph = WordKnowledgeGraph(
        ids=np.array([1, 2, 3, 4]),
        kinds=np.array([NodeKind.ENTITY, NodeKind.WORD, NodeKind.ENTITY, NodeKind.RELATION], np.int8),
        positions=np.array([0, 1, 2, 1]),
        num_text=2,
        edges=np.array([[3, 0, 2]]),
    )
    with drawing():
        svg = inline_svg(draw(wkgraph, [HOSTILE] * 4), label=HOSTILE, name="drawn")

    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "path", "use", "defs", "clipPath", "rect"}
