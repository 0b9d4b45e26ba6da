import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kgpt.randomness import generator, hash_sample, stable_fraction, stable_hash


@given(st.text(), st.integers())
def test_a_fraction_lies_in_the_half_open_unit_interval(name, seed):
    assert 0 <= stable_fraction(name, seed) < 1


def test_a_hash_is_the_same_in_another_process():
    code = "from kgpt.randomness import stable_hash; print(stable_hash('Q64', 0))"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert int(printed) == stable_hash("Q64", 0)


def test_keys_are_not_run_together():
    assert stable_hash("a", "bc") != stable_hash("ab", "c")


def test_fractions_are_spread_evenly():
    fractions = [stable_fraction("name", number) for number in range(10_000)]

    counts = np.histogram(fractions, bins=10, range=(0, 1))[0]

    assert counts.min() > 850
    assert counts.max() < 1150


def test_a_generator_depends_on_its_keys_alone():
    first = generator(1, "masking", 0, 7).random(5)
    generator(1, "masking", 0, 8).random(3)

    assert (generator(1, "masking", 0, 7).random(5) == first).all()
    assert (generator(1, "masking", 1, 7).random(5) != first).any()


@given(st.permutations(range(50)), st.integers(0, 60))
def test_a_sample_by_hashes_does_not_depend_on_the_order(items, most):
    found = hash_sample(items, most, keys=lambda one: ("seed", one))

    assert found == sorted(range(50), key=lambda one: stable_hash("seed", one))[:most]


def test_samples_by_other_keys_differ():
    first, second = (hash_sample(range(1000), 20, keys=lambda one, seed=seed: (seed, one)) for seed in (0, 1))

    assert len(set(first) & set(second)) < 10
