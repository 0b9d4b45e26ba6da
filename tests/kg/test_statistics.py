from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.kg.statistics import (
    InverseRule,
    LanguageCoverage,
    RelationCount,
    RelationTrait,
    degree_summary,
    graph_statistics,
    inverse_rules,
    language_coverage,
    literal_kinds,
    popular_entities,
    relation_counts,
    relation_traits,
)
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
ids = st.integers(0, 5).map("Q{}".format)
graphs = st.lists(st.builds(Triple, ids, st.sampled_from(["P1", "P2", "P3"]), ids), min_size=1, max_size=40).map(
    lambda triples: build_graph(triples)[0]
)


def test_relations_are_counted_the_largest_first():
    assert relation_counts(GRAPH) == [
        RelationCount("P1", "near", 3, 3, 1),
        RelationCount("P2", "P2", 1, 1, 1),
        RelationCount("P3", "P3", 0, 0, 0),
    ]


def test_entities_above_the_median_degree_are_popular():
    assert popular_entities(GRAPH) == {"Q0": False, "Q1": False, "Q2": False, "Q7": False, "Q9": True}


def test_a_relation_is_a_function_where_its_heads_have_one_tail():
    assert relation_traits(GRAPH) == [
        RelationTrait("P1", 0, 1.0, 0.0),
        RelationTrait("P2", 0, 1.0, 1.0),
        RelationTrait("P3", 1, 0.0, 0.0),
    ]


@given(graphs)
def test_counts_agree_with_brute_force(graph):
    triples = graph.triples.tolist()

    for row, trait in zip(relation_counts(graph), relation_traits(graph), strict=True):
        own = [(h, t) for h, r, t in triples if graph.relations.ids[r] == row.id]
        heads, tails = Counter(h for h, _ in own), Counter(t for _, t in own)
        assert (row.num_triples, row.num_heads, row.num_tails) == (len(own), len(heads), len(tails))
        assert trait.functional == pytest.approx(list(heads.values()).count(1) / len(heads))
        assert trait.inverse_functional == pytest.approx(list(tails.values()).count(1) / len(tails))


@settings(deadline=None)
@given(graphs, st.integers(1, 3), st.sampled_from([0.0, 0.4, 1.0]))
def test_inverse_rules_agree_with_brute_force(graph, support, confidence):
    triples = {(h, r, t) for h, r, t in graph.triples.tolist() if h != t}
    expected = set()
    for one in range(graph.num_relations):
        body = [(h, t) for h, r, t in triples if r == one]
        for other in range(graph.num_relations):
            found = sum((t, other, h) in triples for h, t in body)
            if body and found >= support and found / len(body) >= confidence:
                expected.add(
                    InverseRule(graph.relations.ids[one], graph.relations.ids[other], found, found / len(body))
                )

    rules = inverse_rules(graph, min_support=support, min_confidence=confidence)

    assert set(rules) == expected
    assert [rule.support for rule in rules] == sorted((rule.support for rule in rules), reverse=True)


def test_symmetric_relations_are_told_apart_from_inverse_pairs(capitals):
    told = graph_statistics(capitals, min_support=2)

    assert {(rule.relation, rule.inverse, rule.support) for rule in told.inverse} == {
        ("P36", "P1376", 5),
        ("P1376", "P36", 5),
    }
    assert [(rule.relation, rule.support, round(rule.confidence, 2)) for rule in told.symmetric] == [("P47", 2, 0.67)]


@given(graphs)
def test_the_histogram_holds_every_entity(graph):
    told = degree_summary(graph)

    assert sum(count for _, count in told.histogram) == graph.num_entities
    assert dict(told.histogram) == {
        low: int(((graph.degrees >= low) & (graph.degrees < max(1, 2 * low))).sum()) for low, _ in told.histogram
    }
    assert told.mean == pytest.approx(2 * graph.num_triples / graph.num_entities)
    assert told.most[0][2] == graph.degrees.max()


def test_names_are_counted_by_language():
    graph, _ = build_graph(
        [
            Triple("Q1", "P1", "Q2"),
            EntityRecord("Q1", "one", ("first", "uno"), title="One"),
            EntityRecord("Q2", "zwei", description="eine Zahl", language="de"),
        ],
        languages=("en", "de"),
    )

    assert language_coverage(graph) == [LanguageCoverage("en", 1, 1, 0, 1), LanguageCoverage("de", 1, 0, 1, 0)]


def test_literals_are_counted_by_kind():
    units = [Literal("Q1", "P2", "1", "quantity", unit) for unit in ("", "Q3")]
    graph, _ = build_graph([Triple("Q1", "P1", "Q2"), *units, Literal("Q1", "P2", "x")])

    assert literal_kinds(graph) == {"quantity": 2, "string": 1}


def test_a_graph_of_no_triples_is_counted_too():
    bare = replace(GRAPH, triples=np.zeros((0, 3), np.int32))

    told = graph_statistics(bare)

    assert (told.num_triples, told.symmetric, told.inverse, told.degrees.mean) == (0, (), (), 0)
