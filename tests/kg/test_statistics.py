from kgpt.kg import build_graph
from kgpt.kg.statistics import RelationCount, popular_entities, relation_counts
from kgpt.records import EntityRecord, Literal, RelationRecord, Triple

GRAPH, _ = build_graph(
    [
        *(Triple(f"Q{n}", "P1", "Q9") for n in range(3)),
        Triple("Q0", "P2", "Q1"),
        RelationRecord("P1", "near"),
        Literal("Q0", "P3", "x"),
        EntityRecord("Q7", "lonely"),
    ]
)


def test_relations_are_counted_the_largest_first():
    assert relation_counts(GRAPH) == [
        RelationCount("P1", "near", 3, 3, 1),
        RelationCount("P2", "P2", 1, 1, 1),
        RelationCount("P3", "P3", 0, 0, 0),
    ]


def test_entities_above_the_median_degree_are_popular():
    assert popular_entities(GRAPH) == {"Q0": False, "Q1": False, "Q2": False, "Q7": False, "Q9": True}
