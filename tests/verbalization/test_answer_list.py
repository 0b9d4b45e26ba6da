from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Triple
from kgpt.verbalization.answer_list import AnswerLists

GRAPH, _ = build_graph(
    [
        EntityRecord("Q1", "France"),
        EntityRecord("Q2", "spain"),
        EntityRecord("Q3", "Italy"),
        EntityRecord("Q4", "Andorra"),
        *(Triple("Q1", "P47", one) for one in ("Q2", "Q3", "Q4")),
        Triple("Q1", "P36", "Q3"),
        Triple("Q2", "P47", "Q1"),
        Triple("Q3", "P5", "Q2"),
        Triple("Q4", "P5", "Q2"),
    ]
)


def told(lists):
    label = GRAPH.entities.label
    return {
        (label(lists.pair(i)[0]), GRAPH.relations.ids[lists.pair(i)[1]]): [label(tail) for tail in lists.tails(i)]
        for i in range(len(lists))
    }


def test_every_pair_of_head_and_relation_has_all_its_tails_by_name():
    assert told(AnswerLists(GRAPH)) == {
        ("France", "P36"): ["Italy"],
        ("France", "P47"): ["Andorra", "Italy", "spain"],
        ("spain", "P47"): ["France"],
        ("Italy", "P5"): ["spain"],
        ("Andorra", "P5"): ["spain"],
    }


def test_a_long_list_keeps_its_first_and_short_ones_may_be_left_out():
    assert told(AnswerLists(GRAPH, max_answers=2, min_answers=2)) == {("France", "P47"): ["Andorra", "Italy"]}


def test_the_best_known_come_first_where_asked_for():
    assert told(AnswerLists(GRAPH, order="degree", min_answers=2)) == {("France", "P47"): ["spain", "Italy", "Andorra"]}


def test_a_graph_without_triples_has_no_list():
    assert len(AnswerLists(GRAPH.with_triples(GRAPH.triples[:0]))) == 0
