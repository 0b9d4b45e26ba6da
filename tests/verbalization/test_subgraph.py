from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.records import Triple
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.pieces import joined
from kgpt.verbalization.subgraph import RelationCounts, SubgraphGrower, by_head, serialized

EDGES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=25)


def test_relations_of_one_head_in_one_passage_are_counted_as_pairs():
    counts = RelationCounts([[(0, 1, 5), (0, 2, 6), (9, 3, 6)], [(4, 2, 5), (4, 1, 6), (4, 1, 7)]])

    assert counts.of(1, 2) == counts.of(2, 1) == 1 + 2
    assert counts.of(1, 1) == 1 and counts.of(1, 3) == 0


@given(EDGES, st.integers(0, 99), st.integers(1, 5))
def test_a_subgraph_begins_with_its_triple_and_holds_others_of_its_head(edges, seed, limit):
    graph, _ = build_graph([Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges])
    row = seed % graph.num_triples

    rows = SubgraphGrower(graph, max_triples=limit).around(row, np.random.default_rng(seed))

    assert rows[0] == graph.triples[row].tolist()
    assert 1 <= len(rows) <= limit and len({tuple(one) for one in rows}) == len(rows)
    assert all(one in graph.outgoing(rows[0][0]).tolist() for one in rows)


@given(EDGES, st.integers(0, 99))
def test_subgraphs_of_a_head_cover_its_triples_once(edges, seed):
    graph, _ = build_graph([Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges])
    grower, rng = SubgraphGrower(graph, max_triples=3), np.random.default_rng(seed)

    told = [row for head in range(graph.num_entities) for rows in grower.covering(head, rng) for row in rows]

    assert sorted(map(tuple, told)) == sorted(map(tuple, graph.triples.tolist()))


def test_a_triple_joins_in_proportion_to_its_counts():
    graph, _ = build_graph([Triple("a", f"r{i}", f"b{i}") for i in range(3)])
    counts = RelationCounts([[(0, 0, 1), (0, 1, 2)]] * 3 + [[(0, 0, 1), (0, 2, 3)]])
    grower = SubgraphGrower(graph, counts, max_triples=2)

    drawn = [grower.around(0, np.random.default_rng(seed)) for seed in range(4_000)]
    second = Counter(rows[1][1] for rows in drawn if len(rows) == 2)

    assert second[1] / second.total() == pytest.approx(0.75, abs=0.03)


def test_triples_are_serialized_head_by_head(capitals):
    rows = capitals.triples[capitals.triples[:, 0] == capitals.entity("Q11")].tolist()
    berlin = capitals.triples[capitals.triples[:, 0] == capitals.entity("Q0")].tolist()

    text = joined(serialized(by_head([*rows[:2], *berlin, *rows[2:]]), GraphNames(capitals)))

    assert text == "France capital Paris, borders Germany, borders Spain; Berlin capital of Germany"
    assert serialized([], GraphNames(capitals)) == []
