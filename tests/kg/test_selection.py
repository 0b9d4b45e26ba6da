import pytest

from kgpt.errors import ConfigError
from kgpt.kg import build_graph
from kgpt.kg.selection import GraphSelection, select
from kgpt.records import EntityRecord, Literal, Triple

TRIPLES = [Triple(f"Q{n}", f"P{n % 3}", f"Q{n + 1}") for n in range(30)] + [
    Triple("Q0", "P0", f"Q{n}") for n in range(5, 15)
]
LITERALS = [Literal(f"Q{n}", "P9", str(n), "quantity") for n in range(30)]
GRAPH, _ = build_graph([*TRIPLES, *LITERALS, *(EntityRecord(f"Q{n}", f"name {n}") for n in range(25))])


def facts(graph):
    return set(map(graph.triple, graph.triples))


def test_the_loosest_rule_keeps_the_graph_itself():
    selected = select(GRAPH, GraphSelection(require_labels=False))

    assert selected.graph is GRAPH
    assert selected.dropped == {}


def test_only_the_relations_asked_for_stay():
    selected = select(GRAPH, GraphSelection(relations=("P1", "P2"), require_labels=False))

    assert facts(selected.graph) == {t for t in TRIPLES if t.relation != "P0"}
    assert selected.dropped == {"relation_not_selected": 20}


def test_a_relation_that_the_graph_has_not_is_told_with_the_nearest():
    with pytest.raises(
        ConfigError, match=r"graph\.select\.relations: the graph has no relation 'P11'; did you mean 'P1'"
    ):
        select(GRAPH, GraphSelection(relations=("P11",)))


def test_triples_with_an_unnamed_end_go():
    selected = select(GRAPH, GraphSelection())

    assert facts(selected.graph) == {t for t in TRIPLES if int(t.head[1:]) < 25 and int(t.tail[1:]) < 25}
    assert selected.dropped == {"end_without_label": 6}


def test_a_head_keeps_no_more_triples_than_the_rule_says():
    selected = select(GRAPH, GraphSelection(max_triples_per_head=4, require_labels=False))

    assert max(len(selected.graph.outgoing(n)) for n in range(selected.graph.num_entities)) == 4
    assert selected.dropped == {"over_max_triples_per_head": 7}


def test_rare_relations_go():
    selected = select(GRAPH, GraphSelection(min_relation_triples=15, require_labels=False))

    assert {t.relation for t in facts(selected.graph)} == {"P0"}


def test_a_share_of_the_heads_is_picked_by_name():
    graph, _ = build_graph([Triple(f"h{n}", "r", "t") for n in range(2_000)])

    selected = select(graph, GraphSelection(head_frac=0.3, require_labels=False))

    assert selected.graph.num_triples == pytest.approx(600, abs=70)


def test_a_part_keeps_names_and_literals_of_its_entities():
    part = select(GRAPH, GraphSelection(relations=("P1",))).graph

    for number, identifier in enumerate(part.entities.ids):
        assert part.entities.label(number) == GRAPH.entities.label(GRAPH.entity(identifier))
        assert part.literals_of(number) == GRAPH.literals_of(GRAPH.entity(identifier))


def test_a_rule_that_leaves_nothing_is_refused_with_what_it_dropped():
    with pytest.raises(ConfigError, match=r"none of 40 triples \(.*relation_too_rare\); name the entities"):
        select(GRAPH, GraphSelection(min_relation_triples=1_000))
