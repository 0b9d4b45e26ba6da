from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.kg.sampling import entity_types, sample_outgoing, shuffle_tails, swap_tails_within_types
from kgpt.kg.truth import is_true
from kgpt.records import Triple

ids = st.integers(0, 7).map("Q{}".format)
graphs = st.lists(st.builds(Triple, ids, st.sampled_from(["P1", "P2"]), ids), min_size=1, max_size=30).map(
    lambda triples: build_graph(triples)[0]
)


@given(graphs, st.integers(0, 2**32), st.integers(0, 5))
def test_sampled_triples_are_distinct_and_of_their_head(graph, seed, limit):
    for entity in range(graph.num_entities):
        rows = sample_outgoing(graph, entity, max_triples=limit, rng=np.random.default_rng(seed)).tolist()

        assert len(rows) == len(set(map(tuple, rows))) == min(limit, len(graph.outgoing(entity)))
        assert all(row in graph.outgoing(entity).tolist() for row in rows)


def test_every_neighbour_is_sampled_equally_often():
    graph, _ = build_graph([Triple("a", "r", f"t{n}") for n in range(4)])
    rng = np.random.default_rng(0)

    drawn = Counter(int(t) for _ in range(2_000) for t in sample_outgoing(graph, 0, max_triples=1, rng=rng)[:, 2])

    assert all(drawn[n] == pytest.approx(500, abs=80) for n in range(1, 5))


@given(graphs, st.integers(0, 2**32))
def test_shuffled_tails_keep_every_degree_and_the_tails_of_each_relation(graph, seed):
    shuffled = shuffle_tails(graph, rng=np.random.default_rng(seed))

    for end in (0, 2):
        assert Counter(map(tuple, shuffled.triples[:, [1, end]].tolist())) == Counter(
            map(tuple, graph.triples[:, [1, end]].tolist())
        )


def test_shuffled_tails_leave_no_true_triple_where_there_is_room():
    graph, _ = build_graph([Triple(f"h{n}", f"r{n % 3}", f"t{n % 40}") for n in range(600)])

    shuffled = shuffle_tails(graph, rng=np.random.default_rng(0))

    assert not is_true(graph, shuffled.triples).any()


def test_shuffling_frees_as_many_triples_of_a_majority_tail_as_can_be():
    graph, _ = build_graph([Triple(f"h{n}", "r", "major" if n < 60 else f"t{n}") for n in range(100)])

    shuffled = shuffle_tails(graph, rng=np.random.default_rng(0))

    assert is_true(graph, shuffled.triples).mean() == pytest.approx(0.2, abs=0.03)


def test_another_seed_shuffles_otherwise():
    graph, _ = build_graph([Triple(f"h{n}", "r", f"t{n}") for n in range(50)])

    first, second = (shuffle_tails(graph, rng=np.random.default_rng(seed)).triples for seed in (0, 1))

    assert (first != second).any()


def test_a_swap_within_types_keeps_relations_and_types_and_makes_no_fact_true():
    edges = [Triple(f"p{i}", "born", f"c{i % 5}") for i in range(20)] + [
        Triple(f"p{i}", "P31", "human") for i in range(20)
    ]
    edges += [Triple(f"c{i}", "P31", "city") for i in range(5)] + [
        Triple("p0", "born", "x"),
        Triple("x", "P31", "village"),
    ]
    graph, _ = build_graph(edges)

    swapped = swap_tails_within_types(graph, rng=np.random.default_rng(0))

    types, born = entity_types(graph), graph.relations.ids.find("born")
    before, after = (one.triples[one.triples[:, 1] == born] for one in (graph, swapped))
    assert Counter(types[before[:, 2]].tolist()) == Counter(types[after[:, 2]].tolist())
    assert sorted(before[:, 2]) == sorted(after[:, 2]) and sorted(before[:, 0]) == sorted(after[:, 0])
    true = set(map(tuple, before.tolist())) & set(map(tuple, after.tolist()))
    assert {graph.entities.ids[tail] for _, _, tail in true} == {"x"}  # alone of its type


def test_without_classes_a_type_is_what_an_entity_is_a_tail_of():
    graph, _ = build_graph([Triple("a", "r", "b"), Triple("c", "r", "d"), Triple("a", "s", "d"), Triple("c", "s", "e")])

    types = {graph.entities.ids[number]: kind for number, kind in enumerate(entity_types(graph).tolist())}

    assert types["a"] == types["c"]
    assert len({types[one] for one in "abde"}) == 4
