import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization import Templates, Verbalizer
from kgpt.verbalization.template import RelationTemplates

GRAPH, _ = build_graph(
    [
        Triple("Q1", "P57", "Q2"),
        EntityRecord("Q1", "Pulp Fiction"),
        EntityRecord("Q2", "Tarantino"),
        RelationRecord("P57", "director"),
    ]
)
VERBALIZER = Verbalizer(
    GRAPH, Templates({"P57": RelationTemplates(("[T] made [H].", "[H] is by [T]."), ("Who made [H]?",))})
)
ROW = GRAPH.triples[0]


@pytest.mark.parametrize(
    ("form", "hidden", "text"),
    [
        ("linear", None, "Pulp Fiction, director, Tarantino"),
        ("linear", "tail", "Pulp Fiction, director, <x>"),
        ("linear", "head", "<x>, director, Tarantino"),
        ("inverse", None, "Tarantino, inverse of director, Pulp Fiction"),
        ("inverse", "head", "Tarantino, inverse of director, <x>"),
    ],
)
def test_a_triple_is_a_string_with_one_side_hidden(form, hidden, text):
    assert VERBALIZER.state(ROW, form, np.random.default_rng(0), hidden=hidden, mark="<x>") == text


def test_every_template_of_the_relation_is_drawn():
    said = {VERBALIZER.state(ROW, "template", np.random.default_rng(seed)) for seed in range(20)}

    assert said == {"Tarantino made Pulp Fiction.", "Pulp Fiction is by Tarantino."}


def test_questions_ask_for_the_tail():
    assert VERBALIZER.questions(ROW) == ["Who made Pulp Fiction?"]
