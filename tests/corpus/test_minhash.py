import tracemalloc

import numpy as np
import pytest

from kgpt.corpus.minhash import agreement, band_keys, neighbours, signatures


def hashes(rng, num_words):
    return rng.integers(0, 2**63, num_words, np.uint64)


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.5, 0.8, 1.0])
def test_signatures_agree_as_the_shingles_do(shared):
    rng = np.random.default_rng(0)
    common = hashes(rng, int(1000 * shared))
    left, right = (np.concatenate([common, hashes(rng, 1000 - len(common))]) for _ in range(2))
    jaccard = len(common) / (2000 - len(common))

    told = signatures(np.concatenate([left, right]), np.array([0, 1000, 2000]), shingle_words=1, num_hashes=1000)

    assert agreement(told[:1], told[1:])[0] == pytest.approx(jaccard, abs=4 * np.sqrt(0.25 / 1000))


def test_the_order_of_words_counts_within_a_shingle_only():
    rng = np.random.default_rng(0)
    words = hashes(rng, 6)
    turned = words[[1, 0, 2, 3, 4, 5]]
    both, ends = np.concatenate([words, turned]), np.array([0, 6, 12])

    singles = signatures(both, ends, shingle_words=1, num_hashes=50)
    fives = signatures(both, ends, shingle_words=5, num_hashes=50)

    assert (singles[0] == singles[1]).all()
    assert not (fives[0] == fives[1]).all()


def test_a_text_of_fewer_words_than_a_shingle_is_one():
    rng = np.random.default_rng(0)
    words = hashes(rng, 2)

    told = signatures(np.concatenate([words, words, words[:1]]), np.array([0, 2, 4, 5]), shingle_words=5, num_hashes=9)

    assert (told[0] == told[1]).all()
    assert not (told[0] == told[2]).all()


def test_each_row_meets_the_next_ones_of_its_key_those_of_one_tie_first():
    keys = np.array([7, 7, 9, 7, 9], np.uint64)
    tie = np.array([2, 1, 0, 2, 0], np.uint64)

    one = neighbours(keys, tie, window=1)
    all_ = neighbours(keys, tie, window=5)

    assert sorted(map(tuple, one.tolist())) == [(0, 1), (0, 3), (2, 4)]
    assert sorted(map(tuple, all_.tolist())) == [(0, 1), (0, 3), (1, 3), (2, 4)]


def test_keys_of_many_columns_are_made_column_by_column():
    columns = np.zeros((10_000, 100), np.uint16)

    tracemalloc.start()
    band_keys(columns)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 50 * len(columns)
