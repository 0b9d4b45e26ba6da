"""Files from strangers that carry code: none of it is run, whatever the room that reads them."""

import json

import numpy as np
import pytest

from kgpt.config import read_config
from kgpt.errors import ConfigError, KgptError
from kgpt.kg.store import META_NAME, build_store, open_graph_store
from kgpt.records import Triple
from kgpt.sequences.passage_store import open_passage_store, write_passage_store


def test_a_pickled_array_in_a_graph_store_is_refused(tmp_path, harm):
    folder = tmp_path / "graph"
    build_store([Triple("Q1", "P1", "Q2")], folder)
    path = folder / "triples.npy"
    np.save(path, np.array([harm], dtype=object), allow_pickle=True)
    meta = json.loads((folder / META_NAME).read_text("utf-8"))
    meta["files"][path.name]["bytes"] = path.stat().st_size
    (folder / META_NAME).write_text(json.dumps(meta), "utf-8")

    with pytest.raises(KgptError):
        open_graph_store(folder)
    assert not harm.path.exists()


def test_a_pickled_array_among_passages_is_refused(writing_passages, tmp_path, harm):
    write_passage_store(writing_passages, tmp_path)
    np.save(tmp_path / "words.npy", np.array([harm], dtype=object), allow_pickle=True)

    with pytest.raises(KgptError):
        open_passage_store(tmp_path)
    assert not harm.path.exists()


def test_a_call_in_yaml_is_refused(tmp_path, harm):
    (tmp_path / "mine.yaml").write_text(f"name: !!python/object/apply:builtins.open [{harm.path}, w]\n", "utf-8")

    with pytest.raises(ConfigError):
        read_config(tmp_path / "mine.yaml")
    assert not harm.path.exists()
