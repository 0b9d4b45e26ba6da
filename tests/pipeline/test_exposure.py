import pytest

from kgpt.kg import build_graph
from kgpt.pipeline import load_run_config
from kgpt.pipeline.arm import Arm
from kgpt.pipeline.exposure import Exposure, band
from kgpt.recipes import recipes
from kgpt.records import Question, Triple


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


READ_THE_GRAPH = {
    ("causal", "triples"),
    ("causal", "passages"),
    ("entigraph", "passages"),
    ("graph_lm", "graphs"),
    ("kelm", "sentences"),
    ("kepler", "triples"),
    ("kg_t5", "triples"),
    ("kgt5", "links"),
}


@pytest.mark.parametrize("name", recipes.names())
def test_every_stream_says_what_facts_it_shows(name, training_data):
    recipe = recipes.build(name)
    for architecture in recipe.architectures:
        for stream, told in recipe.streams(training_data(architecture), architecture).items():
            wanted = "triples" if (name, stream) in READ_THE_GRAPH else "passages"
            assert told.shows == ("nothing" if stream == "questions" else wanted), stream


def test_a_fact_that_no_passage_states_is_shown_by_what_reads_the_graph_alone(finished_run):
    config = load_run_config(str(finished_run / "config.json"), [])
    shown = {name: Exposure.of(Arm(config, finished_run, name, 0)) for name in ("text_only", "kg_t5")}
    graph = shown["kg_t5"].graph
    unstated = [one for one in map(graph.triple, graph.triples) if one not in shown["kg_t5"].stated]

    assert unstated
    assert all(shown["kg_t5"].count(one) > 0 for one in unstated)
    assert not any(shown["text_only"].count(one) for one in unstated)
