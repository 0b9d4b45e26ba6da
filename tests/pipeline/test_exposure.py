import pytest

from kgpt.kg import build_graph
from kgpt.pipeline.exposure import GRAPH_STREAMS, Exposure, band
from kgpt.recipes import recipes
from kgpt.records import Question, Triple

PASSAGES_ARE_READ_BY = {"text", "passages", "sentences", "structures", "trees", "graphs", "questions"}


def exposure(capitals, **told):
    shown = {"stated": {Triple("Q10", "P36", "Q0"): 2}, "text_passes": 3.0, "graph": capitals, "graph_passes": 5.0}
    return Exposure(**(shown | told))


def test_passages_and_triples_both_show_a_fact(capitals):
    shown = exposure(capitals)

    assert shown.count(Triple("Q10", "P36", "Q0")) == 2 * 3 + 5
    assert shown.count(Triple("Q11", "P36", "Q1")) == 5
    assert shown.count(Triple("Q10", "P36", "Q1")) == 0
    assert shown.count(Triple("Q10", "P36", "unknown")) == 0


def test_what_an_arm_of_another_graph_was_shown_is_not_the_fact(capitals):
    other, _ = build_graph([Triple("Q10", "P36", "Q1"), Triple("Q11", "P36", "Q0")])

    assert exposure(capitals, graph=other).count(Triple("Q11", "P36", "Q1")) == 0


def test_a_question_of_two_hops_is_shown_as_often_as_its_rarest_fact(capitals):
    asked = Question("q", "?", ("x",), "Q0", path=("^P36", "P47"), answer_entities=("Q11",))

    stated = {Triple("Q10", "P36", "Q0"): 9, Triple("Q10", "P47", "Q11"): 1}
    shown = exposure(capitals, stated=stated, graph_passes=0.0)

    assert shown.of_question(asked, capitals) == 3.0
    assert exposure(capitals).of_question(Question("u", "?", ("x",)), capitals) == 0.0


@pytest.mark.parametrize(("count", "name"), [(0, "0"), (0.4, "1_9"), (9.9, "1_9"), (10, "10_plus"), (1e6, "10_plus")])
def test_bands(count, name):
    assert band(count) == f"exposures_{name}"


@pytest.mark.parametrize("name", recipes.names())
def test_every_stream_of_every_recipe_is_of_one_kind(name, training_data):
    recipe = recipes.build(name)
    for architecture in recipe.architectures:
        for stream in recipe.streams(training_data(architecture), architecture):
            assert (stream in GRAPH_STREAMS) != (stream in PASSAGES_ARE_READ_BY), stream
