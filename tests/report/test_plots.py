from xml.etree import ElementTree

import numpy as np
import pytest

from kgpt.evaluation.calibration import Bin
from kgpt.report.certainty_plots import AnswerBar, answer_bars, reliability_plot, risk_plot
from kgpt.report.estimate import Estimate
from kgpt.report.heat_map import HeatCell, HeatRow, heat_map
from kgpt.report.palette import arm_styles
from kgpt.report.plots import DotRow, Line, dot_plot, learning_curve, say_rows
from kgpt.report.svg import drawing, inline_svg
from kgpt.wkgraph import NodeKind, WordKnowledgeGraph
from kgpt.wkgraph.drawing import draw

HOSTILE = '<b>$x^$</b> & "q" 知識'
CELLS = {("kg_t5", "popular"): HeatCell(0.5, 4)}
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
        heat_map([HeatRow(HOSTILE, CELLS)], ["kg_t5"], ["popular", "rare"], label=HOSTILE, name="three"),
        answer_bars([AnswerBar(HOSTILE, "kg_t5", 0.5, 0.2, 0.1, HOSTILE)], name="four"),
    ]


def test_plots_of_certainty_are_well_formed_and_told_in_words():
    bins = {"kg_t5": [Bin(0.2, 0.1, 10), Bin(0.9, 1.0, 10)]}
    one = reliability_plot(bins, STYLES, name="one")
    other = risk_plot({"kg_t5": np.array([0.0, 0.0, 0.5, 0.25])}, STYLES, name="two")

    labels = [ElementTree.fromstring(svg).attrib["aria-label"] for svg in (one, other)]
    assert "kg_t5: 0.20 gives 0.10 of 10, 0.90 gives 1.00 of 10." in labels[0]
    assert "0.50 answered 0.00 wrong, 1.00 answered 0.25 wrong." in labels[1]


def test_a_bar_withholds_no_more_than_there_is():
    svg = answer_bars([AnswerBar("all", "kg_t5", 0.5, 0.5, 0.0)], name="one")

    assert "right 50 %, wrong 50 %, abstained though right 0 %." in ElementTree.fromstring(svg).attrib["aria-label"]


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
        assert "var(--arm-1)" in svg or "var(--good)" in svg
        assert "var(--sans)" in svg
        assert "#0b0001" not in svg
        assert "DejaVu" not in svg


def test_a_figure_refers_to_nothing_outside(figures):
    for svg in figures:
        assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "<style" not in svg


def test_no_two_figures_share_an_id(figures):
    found = [e.attrib["id"] for svg in figures for e in ElementTree.fromstring(svg).iter() if "id" in e.attrib]

    assert found
    assert len(found) == len(set(found))


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
