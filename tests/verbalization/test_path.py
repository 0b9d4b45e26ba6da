import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.kg.splitting import numbered_pairs
from kgpt.records import Triple
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.path import Path, PathWalker, hidden_pieces, path_pieces
from kgpt.verbalization.pieces import Mention, joined

EDGES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 6)), min_size=1, max_size=20)


@given(EDGES, st.integers(0, 100), st.sampled_from([1, 2, 3]), st.booleans())
def test_every_step_of_a_walk_is_a_triple_and_none_leads_straight_back(edges, seed, num_hops, both_ways):
    graph, _ = build_graph([Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges])
    row = seed % graph.num_triples
    known = set(map(tuple, graph.triples.tolist()))

    path = PathWalker(graph, both_ways).from_row(row, num_hops, np.random.default_rng(seed))

    assert 1 <= len(path.hops) <= num_hops
    for place, (relation, is_inverse, entity) in enumerate(path.hops):
        here = path.entities[place]
        assert ((entity, relation, here) if is_inverse else (here, relation, entity)) in known
        assert both_ways or not is_inverse
        assert place == 0 or entity not in path.entities[place - 1 : place + 1]


PAIRS = st.frozensets(st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda pair: (min(pair), max(pair))))


@given(EDGES, PAIRS, st.integers(0, 100), st.sampled_from([2, 3]))
def test_no_walk_joins_a_pair_that_is_kept_apart_but_by_one_triple(edges, apart, seed, num_hops):
    graph, _ = build_graph([Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges])
    walker = PathWalker(graph, apart=apart)

    found = walker.from_row(seed % graph.num_triples, num_hops, np.random.default_rng(seed)).entities

    for place, one in enumerate(found):
        for other in found[place + 2 :]:
            assert (min(one, other), max(one, other)) not in apart


def test_a_walk_takes_the_way_that_is_left():
    graph, _ = build_graph([Triple("a", "r", "b"), Triple("b", "r", "c"), Triple("b", "r", "d")])
    apart = numbered_pairs(graph, [("a", "d"), ("a", "unknown")])

    ends = {
        PathWalker(graph, apart=apart).from_row(0, 2, np.random.default_rng(seed)).entities[-1] for seed in range(40)
    }

    assert graph.entity("c") in ends
    assert graph.entity("d") not in ends


@pytest.mark.parametrize("seed", range(5))
def test_a_walk_from_an_entity_begins_there_and_from_a_lone_one_stays(seed):
    graph, _ = build_graph([Triple("a", "r", "b"), Triple("b", "r", "c"), Triple("d", "r", "d")])
    walker = PathWalker(graph)

    assert walker.from_entity(0, 2, np.random.default_rng(seed)).entities == (0, 1, 2)
    assert walker.from_entity(3, 2, np.random.default_rng(seed)).hops == ()


def test_edges_are_equally_likely():
    graph, _ = build_graph([Triple("a", "r", "b"), *(Triple("b", "r", f"c{i}") for i in range(4))])
    walker = PathWalker(graph, both_ways=False)

    ends = [walker.from_row(0, 2, np.random.default_rng(seed)).entities[2] for seed in range(2_000)]

    assert np.bincount(ends)[2:] / 2_000 == pytest.approx(0.25, abs=0.04)


def test_a_path_is_written_with_commas_and_its_inverse_steps_named(capitals):
    names = GraphNames(capitals)
    germany, berlin, france = (capitals.entity(one) for one in ("Q10", "Q0", "Q11"))
    capital, borders = (capitals.relations.ids.find(one) for one in ("P36", "P47"))

    pieces = list(path_pieces(Path(berlin, ((capital, True, germany), (borders, False, france))), names))

    assert joined(pieces) == "Berlin, inverse of capital, Germany, borders, France"
    hidden, gone = hidden_pieces(pieces, frozenset({1, 2}), "<{}>")
    assert joined(hidden) == "Berlin, inverse of capital, <0>, borders, <1>"
    assert gone == [Mention(germany, "Germany"), Mention(france, "France")]


@pytest.mark.parametrize("seed", range(20))
def test_no_walk_starts_at_a_hub_or_passes_one(seed):
    spokes = [Triple(f"f{i}", "language", "English") for i in range(8)]
    graph, _ = build_graph([*spokes, Triple("f0", "director", "d"), Triple("f1", "director", "d")])
    hub = graph.entity("English")

    for row in range(graph.num_triples):
        path = PathWalker(graph, max_degree=4).from_row(row, 3, np.random.default_rng(seed))
        assert hub not in path.entities[:-1]


@pytest.mark.parametrize("seed", range(20))
def test_only_told_relations_are_walked_from_their_tail(seed):
    spokes = [Triple(f"f{i}", "language", "English") for i in range(3)]
    graph, _ = build_graph([*spokes, *(Triple(f"f{i}", "director", "d") for i in range(3))])
    director = graph.relations.ids.find("director")
    walker = PathWalker(graph, inverses=frozenset([director]))

    paths = [walker.from_row(row, 3, np.random.default_rng(seed)) for row in range(graph.num_triples)]

    assert all(relation == director for path in paths for relation, is_inverse, _ in path.hops if is_inverse)
