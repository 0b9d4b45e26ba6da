from xml.etree import ElementTree

import numpy as np

from kgpt.kg import build_graph
from kgpt.records import Triple
from kgpt.wkgraph import Anchor, NeighborSettings, build_word_knowledge_graph
from kgpt.wkgraph.drawing import draw


def test_a_drawing_is_svg_that_names_every_node():
    graph, _ = build_graph([Triple("Q1", "P1", "Q2")])
    settings = NeighborSettings(anchor_prob=1)
    wkgraph = build_word_knowledge_graph(
        np.array([5, 6, 7]), [Anchor(1, 2, 0)], graph, settings=settings, rng=np.random.default_rng(0)
    )
    names = ["<s>", "Berlin & Co", "</s>", "Germany", "country"]

    svg = draw(wkgraph, names)

    ElementTree.fromstring(svg)
    assert svg.startswith("<svg")
    assert all(f"<!-- {name} -->" in svg for name in ("Germany", "country"))
    assert draw(wkgraph, names) == svg
