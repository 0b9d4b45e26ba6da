import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.records import Triple
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.neighborhood import LinkQuery, context_pieces, draw_neighbors, query_pieces
from kgpt.verbalization.pieces import joined

EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=25)


@given(EDGES, st.integers(0, 50), st.integers(0, 8))
def test_no_neighbor_is_an_answer_and_every_one_is_an_edge_drawn_once(edges, seed, limit):
    graph, _ = build_graph([Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges])
    head, relation, tail = graph.triples[seed % graph.num_triples].tolist()
    query = LinkQuery(tail, relation, True) if seed % 2 else LinkQuery(head, relation, False)
    answers = query.answers(graph)
    around = [(r, False, t) for h, r, t in graph.triples.tolist() if h == query.entity and t not in answers]
    around += [(r, True, h) for h, r, t in graph.triples.tolist() if t == query.entity and h not in answers]

    drawn = draw_neighbors(graph, query, max_neighbors=limit, rng=np.random.default_rng(seed))

    assert (head if seed % 2 else tail) in answers
    assert set(drawn) <= set(around) and len(set(drawn)) == len(drawn) <= limit
    assert len(drawn) == min(limit, len(around))


def test_neighbors_come_in_random_order():
    graph, _ = build_graph([Triple("a", "r", f"b{i}") for i in range(6)])

    query = LinkQuery(0, 0, True)
    orders = {
        tuple(draw_neighbors(graph, query, max_neighbors=6, rng=np.random.default_rng(seed))) for seed in range(20)
    }

    assert len(orders) > 10


@pytest.mark.parametrize(
    ("is_reverse", "text"), [(False, "predict tail: France | borders"), (True, "predict head: France | borders")]
)
def test_a_bare_query_names_its_entity_and_relation(capitals, is_reverse, text):
    borders = capitals.relations.ids.find("P47")
    query = LinkQuery(capitals.entity("Q11"), borders, is_reverse)

    assert joined(query_pieces(query, GraphNames(capitals))) == text


def test_a_context_has_the_description_and_a_line_a_neighbor(capitals):
    france, borders = capitals.entity("Q11"), capitals.relations.ids.find("P47")
    query = LinkQuery(france, borders, True)
    neighbors = draw_neighbors(capitals, query, max_neighbors=9, rng=np.random.default_rng(0))

    lines = joined(context_pieces(query, neighbors, GraphNames(capitals), description="a country")).split("\n")

    assert lines[:3] == ["query: France | reverse of borders", "description: a country", "context:"]
    assert sorted(lines[3:]) == ["borders | Spain", "capital | Paris", "reverse of capital of | Paris"]


def test_the_answers_of_a_hub_are_found_one_by_one():
    edges = [Triple("hub", "r", f"b{i}") for i in range(600)] + [Triple("hub", "s", f"c{i}") for i in range(30)]
    graph, _ = build_graph([*edges, *(Triple(f"c{i}", "q", "hub") for i in range(30))])
    hub, relation = graph.entity("hub"), graph.relations.ids.find("r")

    drawn = draw_neighbors(graph, LinkQuery(hub, relation, False), max_neighbors=400, rng=np.random.default_rng(0))

    assert len(drawn) == 60
    assert relation not in {neighbor.relation for neighbor in drawn}
