"""Sketches of many shards."""

import resource

import numpy as np
import pytest

from kgpt.corpus.fact_loss import fact_loss
from kgpt.corpus.sketching import read_sketches, sketch_beside, write_sketch


@pytest.fixture
def few_files():
    """A limit of open files that a corpus of some hundred thousand documents has more shards than."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_there_may_be_more_shards_than_files_may_be_open(tmp_path, few_files):
    paths = [sketch_beside(tmp_path / f"{number:06d}.part") for number in range(120)]
    for number, path in enumerate(paths):
        write_sketch(path, {"keys": np.array([number, number], np.uint64)}, num_documents=2)

    found = read_sketches(paths)

    assert found["keys"].tolist() == [number for number in range(120) for _ in range(2)]
    assert found["num_documents"].sum() == 240


def test_facts_of_more_shards_than_files_may_be_open_are_counted(tmp_path, few_files, monkeypatch):
    monkeypatch.setattr("kgpt.corpus.fact_loss._PART_ROWS", 100)
    paths = [tmp_path / f"{number:06d}.facts.npy" for number in range(120)]
    for number, path in enumerate(paths):
        np.save(path, np.array([[number, 1000], [number % 2, 0]], np.uint64))

    found = fact_loss(paths, num_steps=1, unit="entities")

    assert (found.num_facts, found.num_kept, found.lost) == (121, 60, (61,))
