from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.errors import ConfigError
from kgpt.kg import build_graph
from kgpt.kg.base import negative_samplers
from kgpt.kg.negative_sampling import BernoulliNegatives, TypedNegatives, UniformNegatives, head_probs
from kgpt.kg.truth import is_true
from kgpt.records import EntityRecord, Triple

NAMES = ["bernoulli", "typed", "uniform"]
ids = st.integers(0, 5).map("Q{}".format)
graphs = st.lists(st.builds(Triple, ids, st.sampled_from(["P1", "P2"]), ids), min_size=1, max_size=60).map(
    lambda triples: build_graph(triples)[0]
)


def negatives_of(graph, triple):
    """Every corruption of a triple that the graph does not hold: the reference."""
    true = set(map(tuple, graph.triples.tolist()))
    head, relation, tail = triple
    entities = range(graph.num_entities)
    return ({(e, relation, tail) for e in entities} | {(head, relation, e) for e in entities}) - true


def test_every_sampler_has_its_row_here():
    assert negative_samplers.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None)  # the first case compiles
@given(graph=graphs, seed=st.integers(0, 2**32), per_positive=st.integers(1, 4))
def test_a_filtered_negative_is_never_true_and_found_wherever_there_is_one(name, graph, seed, per_positive):
    sampler = negative_samplers.build({"type": name, "per_positive": per_positive})

    made = sampler.sample(graph, graph.triples, np.random.default_rng(seed))

    assert made.triples.shape == (graph.num_triples, per_positive, 3)
    for triple, rows, found in zip(graph.triples.tolist(), made.triples.tolist(), made.found.tolist(), strict=True):
        possible = negatives_of(graph, triple)
        assert found == [bool(possible)] * per_positive
        assert all(tuple(row) in possible if possible else row == triple for row in rows)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None)  # the first case compiles
@given(graph=graphs, seed=st.integers(0, 2**32))
def test_an_unfiltered_negative_changes_one_end(name, graph, seed):
    sampler = negative_samplers.build({"type": name, "filtered": False})

    made = sampler.sample(graph, graph.triples, np.random.default_rng(seed))

    changed = made.triples[:, 0] != graph.triples
    assert (made.found == (graph.num_entities > 1)).all()
    assert (changed.sum(axis=1) == made.found[:, 0]).all()
    assert not changed[:, 1].any()


@pytest.mark.parametrize("name", NAMES)
def test_equal_generators_give_equal_negatives(name):
    graph, _ = build_graph([Triple(f"h{n}", "r", f"t{n % 7}") for n in range(60)])
    sampler = negative_samplers.build(name)

    first, again, other = (sampler.sample(graph, graph.triples, np.random.default_rng(s)).triples for s in (1, 1, 2))

    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_no_negatives_at_all_are_refused(name):
    with pytest.raises(ConfigError, match="per_positive: expected at least 1, found 0"):
        negative_samplers.part(name)(per_positive=0)


def test_uniform_negatives_are_uniform_over_what_is_false():
    graph, _ = build_graph([Triple("a", "r", "b"), Triple("a", "r", "c"), *(EntityRecord(f"e{n}") for n in range(3))])
    triples = np.repeat([[0, 0, 1]], 12_000, axis=0).astype(np.int32)

    made = UniformNegatives().sample(graph, triples, np.random.default_rng(0)).triples[:, 0]

    counts = Counter(map(tuple, made.tolist()))
    heads, tails = [(n, 0, 1) for n in (1, 2, 3, 4, 5)], [(0, 0, n) for n in (0, 3, 4, 5)]
    assert sorted(counts) == sorted(heads + tails)
    assert [counts[one] for one in heads] == pytest.approx([1_200] * 5, rel=0.15)
    assert [counts[one] for one in tails] == pytest.approx([1_500] * 4, rel=0.15)


def test_the_last_false_triple_of_a_crowded_side_is_found():
    names = [f"t{n:04}" for n in range(3_000)]
    graph, _ = build_graph(
        [*(Triple("a", "r", name) for name in names[:-1]), EntityRecord(names[-1]), Triple("a", "r", "a")]
    )
    triples = np.repeat([[0, 0, 1]], 50, axis=0).astype(np.int32)

    made = UniformNegatives().sample(graph, triples, np.random.default_rng(0)).triples[:, 0]

    assert set(made[made[:, 0] == 0][:, 2].tolist()) == {graph.entity(names[-1])}


def test_bernoulli_corrupts_the_side_with_fewer_answers():
    graph, _ = build_graph(
        [*(Triple(f"city{n}", "in", f"country{n % 4}") for n in range(36)), Triple("x", "once", "y")]
    )
    into = int(graph.relations.ids.find("in"))

    made = BernoulliNegatives(per_positive=200).sample(graph, graph.triples, np.random.default_rng(0)).triples

    # 36 heads have 1 tail each, 4 tails have 9 heads each: 1 / (1 + 9)
    assert head_probs(graph)[into] == pytest.approx(0.1)
    rows = graph.triples[:, 1] == into
    assert (made[rows, :, 0] != graph.triples[rows, None, 0]).mean() == pytest.approx(0.1, abs=0.02)
    assert head_probs(graph)[1 - into] == 0.5


def test_typed_negatives_are_ends_that_the_relation_was_seen_with():
    graph, _ = build_graph([Triple(f"city{n}", "in", f"country{n % 4}") for n in range(36)])

    made = TypedNegatives(per_positive=20).sample(graph, graph.triples, np.random.default_rng(0)).triples

    assert {graph.entities.ids[int(n)][:4] for n in np.unique(made[:, :, 0])} == {"city"}
    assert {graph.entities.ids[int(n)][:4] for n in np.unique(made[:, :, 2])} == {"coun"}


def test_a_saturated_relation_takes_entities_of_other_types():
    graph, _ = build_graph([*(Triple(f"h{n}", "is", "human") for n in range(9)), EntityRecord("stone")])

    made = TypedNegatives(per_positive=50).sample(graph, graph.triples, np.random.default_rng(0))

    assert made.found.all()
    assert not is_true(graph, made.triples.reshape(-1, 3)).any()


def test_where_everything_is_true_no_negative_is_found():
    graph, _ = build_graph([Triple(a, "r", b) for a in "xy" for b in "xy"])

    made = UniformNegatives().sample(graph, graph.triples, np.random.default_rng(0))

    assert not made.found.any()
    assert made.triples[:, 0].tolist() == graph.triples.tolist()


@pytest.mark.real
def test_no_filtered_negative_of_real_facts_is_true(shared_data):
    from kgpt.sources import open_graph

    graph, _ = build_graph(open_graph(str(shared_data / "kg" / "codex-s")).read())

    for name in NAMES:
        made = negative_samplers.build({"type": name, "per_positive": 4}).sample(
            graph, graph.triples, np.random.default_rng(0)
        )
        assert not is_true(graph, made.triples[made.found]).any()
        assert made.found.mean() > 0.99
