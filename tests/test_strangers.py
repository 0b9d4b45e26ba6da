"""Files from strangers that carry code: none of it is run, whatever the room that reads them."""

import json

import numpy as np
import pytest

from kgpt.config import read_config
from kgpt.errors import ConfigError, KgptError
from kgpt.kg.store import META_NAME, build_store, open_graph_store
from kgpt.records import Triple
from kgpt.sequences.passage_store import open_passage_store, write_passage_store


class Harm:
    """What a pickle can be: a call on whoever opens it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.fixture
def harmed(tmp_path):
    """What appears where code was run."""
    return tmp_path / "harmed"


def test_a_pickled_array_in_a_graph_store_is_refused(tmp_path, harmed):
    folder = tmp_path / "graph"
    build_store([Triple("Q1", "P1", "Q2")], folder)
    path = folder / "triples.npy"
    np.save(path, np.array([Harm(harmed)], dtype=object), allow_pickle=True)
    meta = json.loads((folder / META_NAME).read_text("utf-8"))
    meta["files"][path.name]["bytes"] = path.stat().st_size
    (folder / META_NAME).write_text(json.dumps(meta), "utf-8")

    with pytest.raises(KgptError):
        open_graph_store(folder)
    assert not harmed.exists()


def test_a_pickled_array_among_passages_is_refused(writing_passages, tmp_path, harmed):
    write_passage_store(writing_passages, tmp_path)
    np.save(tmp_path / "words.npy", np.array([Harm(harmed)], dtype=object), allow_pickle=True)

    with pytest.raises(KgptError):
        open_passage_store(tmp_path)
    assert not harmed.exists()


def test_a_call_in_yaml_is_refused(tmp_path, harmed):
    (tmp_path / "mine.yaml").write_text(f"name: !!python/object/apply:builtins.open [{harmed}, w]\n", "utf-8")

    with pytest.raises(ConfigError):
        read_config(tmp_path / "mine.yaml")
    assert not harmed.exists()
