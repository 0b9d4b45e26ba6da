import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.linking import coherence as room
from kgpt.records import EntityRecord, Triple

EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 1), st.integers(0, 7)), min_size=1, max_size=25)


def reference(graph, entities, beliefs, *, max_degree):
    """Belief joined by a triple, and by shared neighbours weighed as Adamic and Adar do."""
    belief = dict(zip(entities, beliefs, strict=True))
    around = {one: set(graph.neighbors(one).tolist()) for one in range(graph.num_entities)}
    listed = {one for one in entities if graph.degrees[one] <= max_degree and belief[one] >= room.MIN_BELIEF}
    near, shared = [], []
    for one in entities:
        joined = [other for other in entities if other != one and other in around[one]]
        near.append(sum(belief[other] for other in joined if one in listed or other in listed))
        total = 0.0
        for neighbor in around[one] if one in listed else ():
            mass = sum(belief[other] for other in listed - {one} if neighbor in around[other])
            total += mass / math.log(2 + graph.degrees[neighbor]) ** 2
        shared.append(total)
    return near, shared


@pytest.mark.parametrize("max_degree", [200, 3])
@settings(deadline=None)
@given(edges=EDGES, chosen=st.sets(st.integers(0, 7)), data=st.data())
def test_both_measures_are_those_of_the_definition(edges, chosen, data, max_degree):
    triples = [Triple(f"Q{head}", f"P{relation}", f"Q{tail}") for head, relation, tail in edges]
    graph, _ = build_graph([*triples, *(EntityRecord(f"Q{number}") for number in range(8))])
    entities = sorted(number for number in chosen if number < graph.num_entities)
    beliefs = data.draw(st.lists(st.floats(0, 1), min_size=len(entities), max_size=len(entities)))

    near, shared = room._coherence(
        graph.triples,
        graph.head_indptr,
        graph.by_tail,
        graph.tail_indptr,
        np.array(entities, np.int64),
        np.array(beliefs, np.float64),
        max_degree,
    )

    expected = reference(graph, entities, beliefs, max_degree=max_degree)
    assert near == pytest.approx(expected[0])
    assert shared == pytest.approx(expected[1])


def test_candidates_that_a_triple_joins_stand_out():
    graph, _ = build_graph([Triple("Q1", "P1", "Q2"), Triple("Q3", "P1", "Q4")])

    near, _ = room.coherence(graph, np.array([0, 1, 2]), np.array([0.5, 0.25, 1.0]))

    assert near.tolist() == [0.25, 0.5, 0.0]


def test_a_candidate_is_not_joined_to_itself():
    graph, _ = build_graph([Triple("Q1", "P1", "Q1")])

    near, shared = room.coherence(graph, np.array([0]), np.array([1.0]))

    assert (near.tolist(), shared.tolist()) == ([0.0], [0.0])
