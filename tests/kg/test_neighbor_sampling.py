from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.errors import ConfigError
from kgpt.kg import build_graph
from kgpt.kg.base import neighbor_samplers
from kgpt.kg.neighbor_sampling import (
    DegreeCappedNeighbors,
    RelationBalancedNeighbors,
    UniformNeighbors,
    sample_hops,
    sampled_triples,
)
from kgpt.records import Triple

NAMES = ["degree_capped", "relation_balanced", "uniform"]
ids = st.integers(0, 7).map("Q{}".format)
graphs = st.lists(st.builds(Triple, ids, st.sampled_from(["P1", "P2"]), ids), min_size=1, max_size=30).map(
    lambda triples: build_graph(triples)[0]
)
STAR, _ = build_graph(
    [
        *(Triple("hub", "many", f"m{n:03}") for n in range(300)),
        *(Triple(f"f{n}", "few", "hub") for n in range(3)),
    ]
)


def edges(graph, entity):
    """Rows of an entity's edges, both ways: the reference."""
    return [row for row, (head, _, tail) in enumerate(graph.triples.tolist()) for end in (head, tail) if end == entity]


def drawn(sampler, graph, entity, *, times, seed=0):
    """How often each row is drawn for one entity."""
    found = sampler.sample(graph, np.full(times, entity), np.random.default_rng(seed)).rows
    return Counter(found[found >= 0].tolist())


def test_every_sampler_has_its_row_here():
    assert neighbor_samplers.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None)  # the first case compiles
@given(graph=graphs, seed=st.integers(0, 2**32), most=st.integers(1, 40))
def test_sampled_edges_are_different_edges_of_their_entity(name, graph, seed, most):
    sampler = neighbor_samplers.build({"type": name, "max_neighbors": most})
    entities = np.arange(graph.num_entities)

    found = sampler.sample(graph, entities, np.random.default_rng(seed))

    for entity, rows, others in zip(entities, found.rows.tolist(), found.others.tolist(), strict=True):
        all_edges = edges(graph, entity)
        count = min(most, len(all_edges))
        assert not Counter(rows[:count]) - Counter(all_edges)
        assert rows[count:] == others[count:] == [-1] * (most - count)
        for row, other in zip(rows[:count], others, strict=False):
            head, _, tail = graph.triples[row].tolist()
            assert other == (tail if head == entity else head)


@pytest.mark.parametrize("name", NAMES)
def test_equal_generators_give_equal_samples_and_others_give_others(name):
    sampler = neighbor_samplers.build({"type": name, "max_neighbors": 5})
    hub = np.array([STAR.entity("hub")])

    first, again, other = (sampler.sample(STAR, hub, np.random.default_rng(seed)).rows for seed in (1, 1, 2))

    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_no_neighbours_at_all_are_refused(name):
    with pytest.raises(ConfigError, match="max_neighbors: expected at least 1, found 0"):
        neighbor_samplers.part(name)(max_neighbors=0)


@pytest.mark.parametrize("most", [2, 40])
def test_uniform_neighbours_are_drawn_equally_often(most):
    counts = drawn(UniformNeighbors(max_neighbors=most), STAR, STAR.entity("hub"), times=20_000)

    expected = 20_000 * most / 303
    chi_square = sum((counts[row] - expected) ** 2 / expected for row in range(303))
    assert chi_square < 302 + 5 * np.sqrt(2 * 302)  # five standard deviations above its mean


def test_relations_are_drawn_before_their_edges():
    counts = drawn(RelationBalancedNeighbors(max_neighbors=2), STAR, STAR.entity("hub"), times=6_000)

    relations = Counter()
    for row, count in counts.items():
        relations[STAR.relations.ids[int(STAR.triples[row, 1])]] += count
    assert relations["few"] / sum(relations.values()) == pytest.approx(0.5, abs=0.03)
    few = [counts[row] for row in range(303) if STAR.triples[row, 1] == STAR.relations.ids.find("few")]
    assert few == pytest.approx([2_000] * 3, rel=0.1)


def test_a_relation_that_is_used_up_leaves_its_place_to_the_others():
    found = RelationBalancedNeighbors(max_neighbors=16).sample(
        STAR, np.array([STAR.entity("hub")]), np.random.default_rng(0)
    )

    relations = STAR.triples[found.rows[0], 1]
    assert (relations == STAR.relations.ids.find("few")).sum() == 3


def test_edges_to_hubs_are_thinned_to_the_cap():
    leaves = np.array([STAR.entity(f"m{n:03}") for n in range(300)])
    hub = STAR.entity("hub")

    sampler = DegreeCappedNeighbors(max_neighbors=4, cap=50)
    rounds = [sampler.sample(STAR, leaves, np.random.default_rng(seed)).others for seed in range(40)]

    assert np.mean([(found == hub).sum() for found in rounds]) == pytest.approx(300 * 50 / 303, rel=0.1)


def test_a_hub_gives_its_small_neighbours_equally_often():
    counts = drawn(DegreeCappedNeighbors(max_neighbors=4, cap=50), STAR, STAR.entity("hub"), times=10_000)

    assert [counts[row] for row in range(303)] == pytest.approx([10_000 * 4 / 303] * 303, rel=0.45)


def test_hops_begin_where_the_hop_before_came_to():
    graph, _ = build_graph([Triple(f"Q{n}", "P1", f"Q{n + 1}") for n in range(6)])
    samplers = [UniformNeighbors(max_neighbors=4)] * 3

    hops = sample_hops(graph, np.array([2, 2]), samplers, np.random.default_rng(0))

    assert [hop.entities.tolist() for hop in hops] == [[2], [1, 3], [0, 4]]
    assert sampled_triples(graph, hops).tolist() == graph.triples[:5].tolist()
    assert sampled_triples(graph, []).shape == (0, 3)


@settings(deadline=None)  # the first case compiles
@given(graph=graphs, seed=st.integers(0, 2**16))
def test_all_hops_over_all_edges_reach_the_whole_component(graph, seed):
    import networkx

    hops = sample_hops(
        graph, np.array([0]), [UniformNeighbors(max_neighbors=64)] * graph.num_entities, np.random.default_rng(seed)
    )

    plain = networkx.Graph(graph.triples[:, [0, 2]].tolist())
    assert {int(one) for hop in hops for one in hop.entities} == networkx.node_connected_component(plain, 0)
