from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.errors import ConfigError
from kgpt.kg import build_graph
from kgpt.kg.splitting import Split, SplitShares, hold_out, split_entities, split_facts, split_of, unseen
from kgpt.records import Triple

SHARES = {"train": 0.5, "dev": 0.2, "test": 0.3}
ids = st.integers(0, 50).map("Q{}".format)
rows = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), st.integers(0, 8)), min_size=1, max_size=40)


@given(ids, ids, st.integers(0, 9))
def test_a_fact_and_its_inverse_fall_on_the_same_side(one, other, seed):
    assert split_of(Triple(one, "P1", other), SHARES, seed=seed) == split_of(
        Triple(other, "P2", one), SHARES, seed=seed
    )


def test_splits_have_their_shares():
    sides = [split_of(Triple(f"Q{n}", "P1", f"R{n}"), SHARES) for n in range(5_000)]

    assert {name: sides.count(name) / 5_000 for name in SHARES} == pytest.approx(SHARES, abs=0.03)


def test_another_seed_gives_another_split():
    triples = [Triple(f"Q{n}", "P1", f"R{n}") for n in range(100)]

    assert [split_of(t, SHARES, seed=1) for t in triples] != [split_of(t, SHARES, seed=2) for t in triples]


def test_shares_that_do_not_sum_to_one_are_refused_with_their_values():
    with pytest.raises(ConfigError, match=r"must sum to 1, found \{'train': 0\.5\}"):
        split_of(Triple("a", "b", "c"), {"train": 0.5})


@given(rows, st.floats(0, 1), st.integers(0, 5))
def test_a_pair_is_never_held_out_and_left_in(rows, share, seed):
    triples = np.array(rows, np.int32)

    held = hold_out(triples, share=share, seed=seed)

    pairs = [frozenset((h, t)) for h, _, t in rows]
    assert {p for p, out in zip(pairs, held, strict=True) if out}.isdisjoint(
        p for p, out in zip(pairs, held, strict=True) if not out
    )


def test_the_share_of_pairs_is_held_out():
    triples = np.array([[n, 0, n + 5_000] for n in range(5_000)], np.int32)

    assert hold_out(triples, share=0.2, seed=0).mean() == pytest.approx(0.2, abs=0.02)
    assert not hold_out(triples, share=0.0, seed=0).any()
    assert hold_out(triples, share=1.0, seed=0).all()


def graph_of(rows):
    return build_graph([Triple(f"Q{h}", f"P{r}", f"Q{t}") for h, r, t in rows])[0]


def parts(split):
    return {"train": split.train, "valid": split.valid, "test": split.test}


@settings(deadline=None)  # the first case compiles
@given(rows, st.integers(0, 5))
def test_facts_are_split_whole_and_no_pair_is_in_two_parts(rows, seed):
    graph = graph_of(rows)

    split = split_facts(graph, SplitShares(train=0.4, valid=0.3, test=0.3), seed=seed)

    together = [tuple(row) for part in parts(split).values() for row in part.tolist()]
    assert sorted(together) == sorted(map(tuple, graph.triples.tolist()))
    pairs = [{frozenset((h, t)) for h, _, t in part.tolist()} for part in parts(split).values()]
    assert all(one.isdisjoint(other) for one, other in combinations(pairs, 2))
    assert split.lost == {}


@settings(deadline=None)
@given(rows, st.integers(0, 5), st.sampled_from(["both", "one"]))
def test_no_entity_of_valid_or_test_is_in_a_triple_of_train(rows, seed, unseen_ends):
    graph = graph_of(rows)

    split = split_entities(graph, SplitShares(train=0.5, valid=0.2, test=0.3), seed=seed, unseen_ends=unseen_ends)

    ends = {name: set(part[:, [0, 2]].reshape(-1).tolist()) for name, part in parts(split).items()}
    if unseen_ends == "both":
        assert all(one.isdisjoint(other) for one, other in combinations(ends.values(), 2))
    for name in ("valid", "test"):
        assert all({h, t} - ends["train"] for h, _, t in parts(split)[name].tolist())
    assert sum(map(len, parts(split).values())) + sum(split.lost.values()) == graph.num_triples


@pytest.mark.parametrize(
    ("unseen_ends", "lost"), [("both", {"train_valid", "train_test", "valid_test"}), ("one", {"valid_test"})]
)
def test_triples_lost_between_the_parts_are_counted(unseen_ends, lost):
    rng = np.random.default_rng(0)
    graph = graph_of(np.c_[rng.integers(0, 400, 5_000), np.zeros(5_000, int), rng.integers(0, 400, 5_000)].tolist())

    split = split_entities(graph, SplitShares(train=0.6, valid=0.2, test=0.2), unseen_ends=unseen_ends)

    assert set(split.lost) == lost
    assert len(split.train) / graph.num_triples == pytest.approx(0.36, abs=0.05)


def test_a_graph_that_grows_keeps_the_sides_of_its_facts():
    rows = [(n, 0, n + 500) for n in range(300)]
    small, large = graph_of(rows), graph_of([*rows, *((n, 1, n + 7) for n in range(300))])

    sides = [
        {(graph.triple(row), name) for name, part in parts(split_facts(graph)).items() for row in part}
        for graph in (small, large)
    ]

    assert sides[0] <= sides[1]


def test_facts_are_split_by_their_shares():
    split = split_facts(graph_of([(n, 0, n + 5_000) for n in range(5_000)]))

    assert [len(part) / 5_000 for part in parts(split).values()] == pytest.approx([0.8, 0.1, 0.1], abs=0.02)


def test_what_train_has_not_seen_is_told():
    seen, new = np.array([[0, 0, 1]], np.int32), np.array([[0, 0, 2], [1, 0, 0], [0, 1, 1]], np.int32)

    assert unseen(Split(seen, new, new), new).tolist() == [True, False, True]


def test_shares_of_three_parts_that_do_not_sum_to_one_are_refused():
    with pytest.raises(ConfigError, match=r"sum to 1, found \(0\.8, 0\.1, 0\.3\)"):
        SplitShares(test=0.3)
