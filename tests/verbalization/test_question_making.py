import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.kg.following import follow, read_path
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization.question_making import QuestionMaker

FILMS = [
    Triple("f1", "P57", "d1"),
    Triple("f2", "P57", "d1"),
    Triple("f1", "P136", "g1"),
    Triple("f2", "P136", "g1"),
    Triple("f3", "P136", "g2"),
    Triple("d1", "P19", "c1"),
]
NAMES = {"f1": "Kismet", "f2": "Juarez", "f3": "Nosferatu", "d1": "Dieterle", "g1": "drama", "g2": "horror"}


def graph_of(names):
    entities = [EntityRecord(one, label) for one, label in names.items()]
    return build_graph([*FILMS, *entities, RelationRecord("P57", "director"), RelationRecord("P136", "genre")])[0]


GRAPH = graph_of(NAMES | {"c1": "Ludwigshafen"})


def test_every_answer_lies_at_the_end_of_its_path_and_none_is_the_start():
    questions = QuestionMaker(graph=GRAPH).questions()

    assert {len(question.hops) for question in questions} == {1, 2, 3}
    for question in questions:
        start = GRAPH.entity(question.entity)
        ends = follow(GRAPH, start, read_path(GRAPH, question.path))
        assert {GRAPH.entity(one) for one in question.answer_entities} == set(ends.tolist()) - {start}
        assert question.answers[: len(question.answer_entities)] == tuple(
            GRAPH.entities.label(GRAPH.entity(one)) for one in question.answer_entities
        )


def test_a_path_whose_answers_a_shorter_one_has_is_not_asked():
    paths = {question.path for question in QuestionMaker(graph=GRAPH).about(GRAPH.entity("f1"))}

    to_juarez = {("P57", "^P57"), ("P136", "^P136")}
    assert ("P57", "P19") in paths
    assert len(to_juarez & paths) == 1


def test_an_entity_that_shares_its_name_is_neither_asked_about_nor_an_answer():
    graph = graph_of(NAMES | {"c1": "Kismet"})

    questions = QuestionMaker(graph=graph).questions()

    assert questions and all({"c1", "f1"}.isdisjoint({one.entity, *one.answer_entities}) for one in questions)


@pytest.mark.parametrize(("changes", "most"), [({"max_answers": 1}, 1), ({"num_hops": (1,)}, 2)])
def test_limits_hold(changes, most):
    questions = QuestionMaker(graph=GRAPH, **changes).questions()

    assert max(len(one.answer_entities) for one in questions) <= most
    assert {len(one.hops) for one in questions} <= set(changes.get("num_hops", (1, 2, 3)))


def test_of_one_path_only_so_many_are_asked_and_always_the_same():
    triples = [Triple(f"a{i}", "P36", f"b{i}") for i in range(30)]
    graph, _ = build_graph([*triples, *(EntityRecord(e, e) for t in triples for e in (t.head, t.tail))])

    few, again = (QuestionMaker(graph=graph, max_per_path=7).questions() for _ in range(2))

    assert few == again and len(few) == 14  # both ways
    assert {one.path for one in few} == {("P36",), ("^P36",)}


def test_a_hub_is_not_walked_through():
    triples = [Triple(f"a{i}", "P31", "hub") for i in range(10)] + [Triple("hub", "P1", "z")]
    graph, _ = build_graph([*triples, *(EntityRecord(e, e) for t in triples for e in (t.head, t.tail))])

    paths = {one.path for one in QuestionMaker(graph=graph, max_frontier=5).questions()}

    assert ("P31", "P1") in paths and not any("^P31" in path for path in paths)
    assert np.all([len(path) <= 3 for path in paths])
