import pytest

from kgpt.evaluation.contradiction import contradicted_items, coverage_facts, names_of, question_facts
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Outcome, Question, RelationRecord, Triple

NAMES = {"Q1": "Kafka", "Q2": "Prague", "Q3": "Vienna", "Q4": "Brno"}
FACTS = [Triple("Q1", "P19", "Q2"), Triple("Q1", "P551", "Q2"), Triple("Q1", "P551", "Q3")]


@pytest.fixture
def graph():
    entities = [EntityRecord(one, name, ("Wien",) if one == "Q3" else ()) for one, name in NAMES.items()]
    return build_graph([*entities, RelationRecord("P19", "born in"), RelationRecord("P551", "lived in"), *FACTS])[0]


def asked(item, relation, answers=(), path=()):
    return Question(item, "?", ("x",), "Q1", relation, answers, path=path)


def contradicted(graph, question, said, *, right=0.0):
    outcomes = [Outcome("qa", question.id, "exact_match", right, (), said)]
    return bool(contradicted_items(outcomes, question_facts([question], graph), names_of([said], graph)))


@pytest.mark.parametrize("said", ["Vienna", "the wien", "Brno"])
def test_another_entity_of_the_graph_is_a_contradiction_by_any_name(graph, said):
    assert contradicted(graph, asked("q", "P19", ("Q2",)), said)


@pytest.mark.parametrize("said", ["Atlantis", "", "Prague"])
def test_an_unknown_name_and_a_right_one_are_none(graph, said):
    assert not contradicted(graph, asked("q", "P19", ("Q2",)), said)


def test_every_tail_that_the_graph_holds_is_right(graph):
    assert not contradicted(graph, asked("q", "P551", ("Q2",)), "Vienna")
    assert contradicted(graph, asked("q", "P551", ("Q2",)), "Brno")


def test_a_question_that_the_graph_cannot_answer_is_not_checked(graph):
    assert not question_facts([asked("q", "P20", ("Q99",))], graph)


def test_of_a_path_the_answer_entities_are_right(graph):
    question = asked("q", "", ("Q3",), path=("P19", "P36"))

    assert contradicted(graph, question, "Brno")
    assert not contradicted(graph, question, "Vienna")


def test_a_covered_fact_is_checked_by_its_id(graph):
    (fact,) = coverage_facts(["Q1|P19", "Q1|P20", "Q9|P19"], graph)

    assert (fact.item, fact.tails) == ("Q1|P19", frozenset({"Q2"}))
