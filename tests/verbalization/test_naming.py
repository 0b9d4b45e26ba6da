from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization.naming import GraphNames, unique_names


def test_entities_of_one_label_are_told_apart_by_description_then_by_id():
    items = [
        EntityRecord("Q1", "Paris", description="capital of France"),
        EntityRecord("Q2", "Paris", description="town in Texas"),
        EntityRecord("Q3", "Oslo", description="capital of Norway"),
        EntityRecord("Q4", "Springfield", description="town"),
        EntityRecord("Q5", "Springfield", description="town"),
        EntityRecord("Q6", "Paris"),
        Triple("Q1", "P1", "Q2"),
    ]
    graph, _ = build_graph(items)

    names = unique_names(graph)

    assert names == [
        "Paris (capital of France)",
        "Paris (town in Texas)",
        "Oslo",
        "Springfield (Q4)",
        "Springfield (Q5)",
        "Paris (Q6)",
    ]


def test_no_two_names_are_alike_even_where_a_label_looks_like_a_name_with_its_description():
    items = [EntityRecord("Q1", "A", description="b"), EntityRecord("Q2", "A"), EntityRecord("Q3", "A (b)")]
    graph, _ = build_graph([*items, Triple("Q1", "P1", "Q2")])

    assert unique_names(graph) == ["A (Q1)", "A (Q2)", "A (b)"]


def test_a_relation_has_its_label_both_ways():
    graph, _ = build_graph([Triple("a", "P1", "b"), RelationRecord("P1", "father")])

    names = GraphNames(graph)

    assert (names.relations, names.inverses) == (["father"], ["inverse of father"])
    assert names.mention(0) is names.mention(0)
