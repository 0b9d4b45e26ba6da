"""A word-knowledge graph drawn for a person, as SVG: the text as a line, the added knowledge around it.

Node `n` is the group with the id `node-n`, the edges of triple `t` are groups with the id `edge-t`.
"""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kgpt.wkgraph.graph import NodeKind, WordKnowledgeGraph

COLORS = {NodeKind.WORD: "#e8ecf1", NodeKind.ENTITY: "#f2b134", NodeKind.RELATION: "#7fb7be"}
_PER_LINE = 13
_LINE_HEIGHT = 1.5


def draw(wkgraph: WordKnowledgeGraph, names: Sequence[str]) -> str:
    """The drawing as an SVG string.

    Args:
        wkgraph: the graph.
        names: what to write on each node, [S].
    """
    text = _text_places(wkgraph.num_text)
    places = np.concatenate([text, _added_places(wkgraph, text)])
    num_rows = (len(places) - wkgraph.num_text) // 4 + wkgraph.num_text // _PER_LINE
    figure = Figure(figsize=(13, max(3.5, 0.75 * num_rows + 2.5)))
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    axes.axis("off")
    for number, (relation, head, tail) in enumerate(wkgraph.edges.tolist()):
        for end in (head, tail):
            line = zip(places[relation], places[end], strict=True)
            axes.plot(*line, color="#9aa5b1", linewidth=0.8, zorder=1, gid=f"edge-{number}")
    for node, name in enumerate(names):
        text = _draw_node(axes, places[node], name, NodeKind(int(wkgraph.kinds[node])), int(wkgraph.positions[node]))
        text.set_gid(f"node-{node}")
    axes.set_xlim(-1.0, _PER_LINE)
    axes.set_ylim(places[:, 1].min() - 1, places[:, 1].max() + 1)
    return _svg(figure)


def _text_places(num_text: int) -> Any:
    order = np.arange(num_text)
    return np.stack([order % _PER_LINE, -(order // _PER_LINE) * _LINE_HEIGHT], axis=1).astype(float)


def _added_places(wkgraph: WordKnowledgeGraph, text: Any) -> Any:
    """Below the text: one row for every two triples, relation beside its tail."""
    places = np.zeros((len(wkgraph) - wkgraph.num_text, 2))
    floor, placed = text[:, 1].min() - 2.0, set()
    for slot, (relation, _, tail) in enumerate(wkgraph.edges.tolist()):
        column, row = slot % 2, slot // 2
        places[relation - wkgraph.num_text] = (1.5 + 6.3 * column, floor - 1.1 * row)
        if tail >= wkgraph.num_text and tail not in placed:
            places[tail - wkgraph.num_text] = (4.3 + 6.3 * column, floor - 1.1 * row)
            placed.add(tail)
    return places


def _draw_node(axes: Axes, place: Any, name: str, kind: NodeKind, position: int) -> Any:
    """The node with its soft position below; gives what bears its name."""
    box = {"boxstyle": "round,pad=0.3", "facecolor": COLORS[kind], "edgecolor": "#52606d", "linewidth": 0.6}
    shown = name.replace("\n", "¶")
    label = shown if len(shown) <= 26 else shown[:25] + "…"
    axes.text(place[0], place[1] - 0.42, str(position), ha="center", va="top", fontsize=6, color="#66727f")
    style: dict[str, Any] = {"fontsize": 8.5, "bbox": box, "zorder": 3, "parse_math": False}
    return axes.text(place[0], place[1], label, ha="center", va="center", **style)


def _svg(figure: Figure) -> str:
    out = StringIO()
    with rc_context({"svg.hashsalt": "kgpt"}):  # ids that depend on the drawing alone
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()[out.getvalue().index("<svg") :]
