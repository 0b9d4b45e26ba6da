import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.records import Triple
from kgpt.wkgraph import Anchor, NeighborSettings, NodeKind, build_word_knowledge_graph

ids = st.integers(0, 6).map("Q{}".format)
graphs = st.lists(st.builds(Triple, ids, st.sampled_from(["P1", "P2"]), ids), min_size=1, max_size=30).map(
    lambda triples: build_graph(triples)[0]
)


@st.composite
def cases(draw):
    graph = draw(graphs)
    words = draw(st.lists(st.integers(100, 120), min_size=4, max_size=14))
    cuts = sorted(draw(st.sets(st.integers(1, len(words) - 1), max_size=6)))
    entities = st.integers(0, graph.num_entities - 1)
    anchors = [Anchor(start, end, draw(entities)) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    settings = NeighborSettings(
        anchor_prob=draw(st.sampled_from([0.0, 0.5, 1.0])),
        max_triples=draw(st.integers(0, 5)),
        max_nodes=draw(st.integers(3, 40)),
    )
    built = build_word_knowledge_graph(
        np.array(words),
        anchors,
        graph,
        settings=settings,
        rng=np.random.default_rng(draw(st.integers(0, 99))),
    )
    return graph, words, anchors, settings, built


def as_networkx(wkgraph):
    """The reference: words and anchors joined to each other, relation nodes to their ends."""
    out = networkx.complete_graph(wkgraph.num_text)
    out.add_nodes_from(range(len(wkgraph)))
    for relation, head, tail in wkgraph.edges.tolist():
        out.add_edges_from([(relation, head), (relation, tail)])
    return out


@given(cases())
def test_the_text_has_each_entitys_first_mention_as_one_node(case):
    _, words, anchors, settings, built = case
    expected, place, seen = [], 0, set()
    for anchor in anchors:
        if anchor.entity not in seen:
            expected += [*words[place : anchor.start], ("entity", anchor.entity)]
            seen.add(anchor.entity)
            place = anchor.end
    expected += words[place:]
    if len(expected) > settings.max_nodes:
        expected = [*expected[: settings.max_nodes - 1], expected[-1]]

    kinds = built.kinds[: built.num_text].tolist()
    found = [
        ("entity", n) if kind == NodeKind.ENTITY else n for n, kind in zip(built.ids.tolist(), kinds, strict=False)
    ]

    assert found == expected


@given(cases())
def test_the_nodes_fit(case):
    *_, settings, built = case

    assert len(built) <= settings.max_nodes
    assert len(built.ids) == len(built.kinds) == len(built.positions)


@given(cases())
def test_every_added_triple_is_a_fact_from_an_anchor_and_comes_once(case):
    graph, _, _, settings, built = case
    rows = [(built.ids[head], built.ids[relation], built.ids[tail]) for relation, head, tail in built.edges]

    facts = set(map(tuple, graph.triples.tolist()))
    assert set(rows) <= facts
    assert len(set(rows)) == len(rows)
    assert all(head < built.num_text for _, head, _ in built.edges)
    per_anchor = np.unique(built.edges[:, 1], return_counts=True)[1]
    assert all(count <= settings.max_triples for count in per_anchor)


@given(cases())
def test_every_entity_is_one_node_and_every_relation_node_has_one_triple(case):
    *_, built = case
    entities = built.ids[built.kinds == NodeKind.ENTITY].tolist()

    assert len(set(entities)) == len(entities)
    assert sorted(built.edges[:, 0].tolist()) == np.flatnonzero(built.kinds == NodeKind.RELATION).tolist()


@given(cases())
def test_soft_positions_count_along_the_branches_as_in_colake(case):
    *_, built = case
    expected = {node: node for node in range(built.num_text)}
    for relation, head, tail in built.edges.tolist():
        expected[relation] = expected[head] + 1
        expected.setdefault(tail, expected[head] + 2)

    assert built.positions.tolist() == [expected[node] for node in range(len(built))]


@given(cases())
def test_visibility_is_that_of_the_reference_graph(case):
    *_, built = case
    reference = networkx.to_numpy_array(as_networkx(built), nodelist=range(len(built))) > 0

    assert np.array_equal(built.visibility(), reference | np.eye(len(built), dtype=bool))
    assert np.array_equal(built.visibility(), built.visibility().T)


@given(cases())
def test_words_see_neither_relation_nodes_nor_added_tails(case):
    *_, built = case
    words = np.flatnonzero(built.kinds == NodeKind.WORD)

    assert not built.visibility()[words, built.num_text :].any()


def test_an_anchor_brings_its_triples_with_the_probability_asked_for():
    graph, _ = build_graph([Triple("Q1", "P1", "Q2")])
    settings, rng = NeighborSettings(anchor_prob=0.3), np.random.default_rng(0)

    built = [
        build_word_knowledge_graph(np.array([7, 8, 9]), [Anchor(1, 2, 0)], graph, settings=settings, rng=rng)
        for _ in range(2_000)
    ]

    assert np.mean([len(one.edges) for one in built]) == pytest.approx(0.3, abs=0.04)


def test_room_is_shared_between_the_anchors_in_turn():
    graph, _ = build_graph([Triple(one, "P1", f"{one}{n}") for one in "ab" for n in range(5)])
    anchors = [Anchor(0, 1, graph.entity("a")), Anchor(1, 2, graph.entity("b"))]

    built = build_word_knowledge_graph(
        np.array([5, 6, 7]),
        anchors,
        graph,
        settings=NeighborSettings(anchor_prob=1, max_nodes=3 + 8),
        rng=np.random.default_rng(0),
    )

    assert np.bincount(built.edges[:, 1]).tolist() == [2, 2]
