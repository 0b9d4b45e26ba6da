import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import ConfigError
from kgpt.kg.splitting import hold_out, overlap, split_of
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


def test_overlap_counts_facts_that_any_relation_turns_round():
    facts = [Triple("a", "r", "b"), Triple("c", "r", "d"), Triple("e", "r", "f")]

    assert overlap(facts, [Triple("b", "s", "a"), Triple("c", "s", "d"), Triple("e", "s", "a")]) == 2


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
