import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.kg.following import follow, read_path, supporting, way
from kgpt.records import INVERSE, Triple

EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 5)), min_size=1, max_size=20)
PATHS = st.lists(st.sampled_from(["r0", "r1", "^r0", "^r1"]), min_size=1, max_size=3)


def ways(triples, start, path):
    """Every way along a path, as lists of triples, by plain search."""
    if not path:
        return [[]]
    relation = path[0].removeprefix(INVERSE)
    turned = path[0].startswith(INVERSE)
    found = []
    for triple in triples:
        here, there = (triple.tail, triple.head) if turned else (triple.head, triple.tail)
        if triple.relation == relation and here == start:
            found += [[(triple, there), *rest] for rest in ways(triples, there, path[1:])]
    return found


@given(EDGES, PATHS)
def test_ends_and_supports_are_those_of_every_way_along_the_path(edges, path):
    triples = sorted({Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges})
    graph, _ = build_graph(triples)
    hops = read_path(graph, path)
    start = triples[0].head

    if hops is None:
        assert {one.removeprefix(INVERSE) for one in path} - {one.relation for one in triples}
        return
    found = ways(triples, start, path)
    ends = {way[-1][1] for way in found}
    reached = follow(graph, graph.entity(start), hops)
    assert {graph.entities.ids[int(one)] for one in reached} == ends
    some = sorted(ends)[:1]
    needed = {triple for way in found if way[-1][1] in some for triple, _ in way}
    assert supporting(graph, graph.entity(start), hops, [graph.entity(one) for one in some]) == needed


def test_nothing_is_reached_from_a_dead_end():
    graph, _ = build_graph([Triple("a", "r", "b")])

    assert follow(graph, graph.entity("b"), read_path(graph, ["r"])).dtype == np.int32
    assert not len(follow(graph, graph.entity("b"), read_path(graph, ["r", "r"])))
    assert read_path(graph, ["s"]) is None


@given(EDGES, PATHS, st.integers(0, 2**32))
def test_a_way_is_one_of_the_ways(edges, path, seed):
    triples = sorted({Triple(f"e{h}", f"r{r}", f"e{t}") for h, r, t in edges})
    graph, _ = build_graph(triples)
    hops, start = read_path(graph, path), triples[0].head
    if hops is None:
        return
    known = {tuple(graph.entity(there) for _, there in way) for way in ways(triples, start, path)}

    for end in range(graph.num_entities):
        found = way(graph, graph.entity(start), hops, end, np.random.default_rng(seed))
        assert found in known if found else not any(one[-1] == end for one in known)


def test_all_ways_are_drawn():
    triples = [Triple("a", "r", m) for m in "xy"] + [Triple(m, "r", "b") for m in "xy"]
    graph, _ = build_graph(triples)
    hops, ends = read_path(graph, ["r", "r"]), graph.entity("b")

    drawn = {way(graph, graph.entity("a"), hops, ends, np.random.default_rng(seed))[0] for seed in range(20)}

    assert drawn == {graph.entity("x"), graph.entity("y")}
