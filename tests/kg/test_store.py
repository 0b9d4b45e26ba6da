import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from kgpt.errors import DataError, StoreError
from kgpt.io import read_json, write_json
from kgpt.kg import build_graph, open_graph_store, write_graph
from kgpt.kg.store import _arrays, build_store, graph_info, verify, worker_graph_store
from kgpt.records import EntityRecord, Literal, Qualifier, Triple


def names_in(folder):
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def graph():
    built, _ = build_graph(
        [
            Triple("Q1", "P1", "Q2"),
            Triple("Q2", "P1", "Q3"),
            EntityRecord("Q1", "one", ("uno", "eins"), "a number"),
            Literal("Q1", "P2", "1999", "date"),
        ]
    )
    return built


@pytest.fixture
def store(graph, tmp_path):
    write_graph(graph, tmp_path / "store", skipped={"blank_node": 2})
    return tmp_path / "store"


def test_a_graph_comes_back_as_it_was_written(graph, store):
    opened = open_graph_store(store)

    assert np.array_equal(opened.triples, graph.triples)
    assert list(opened.entities.ids) == list(graph.entities.ids)
    assert opened.entities.surfaces(0) == ("one", "uno", "eins")
    assert opened.literals_of(0) == [Literal("Q1", "P2", "1999", "date")]
    assert [opened.outgoing(n).tolist() for n in range(3)] == [graph.outgoing(n).tolist() for n in range(3)]
    assert [opened.incoming(n).tolist() for n in range(3)] == [graph.incoming(n).tolist() for n in range(3)]


def test_an_open_graph_is_memory_mapped(store):
    assert isinstance(open_graph_store(store).triples, np.memmap)


def test_the_counts_of_a_store_are_told(store):
    counts = graph_info(store)

    size = counts.pop("num_bytes")
    assert size == sum(file.stat().st_size for file in store.glob("*.npy"))
    assert counts == {
        "num_entities": 3,
        "num_relations": 2,
        "num_triples": 2,
        "num_literals": 1,
        "num_qualifiers": 0,
        "num_labels": 1,
        "num_aliases": 2,
        "skipped": {"blank_node": 2},
    }


def test_a_missing_store_is_told_with_how_to_build_one(tmp_path):
    with pytest.raises(DataError, match="none: no such graph store; build one with `kgpt graph build SOURCE --out"):
        open_graph_store(tmp_path / "none")


def test_a_half_written_store_is_recognised(store):
    (store / "meta.json").unlink()

    with pytest.raises(StoreError, match=r"no meta\.json: not a graph store, or a half-written one; build it again"):
        open_graph_store(store)


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 2}'])
def test_a_damaged_list_of_files_is_recognised(store, content):
    (store / "meta.json").write_text(content)

    with pytest.raises(StoreError, match="the store is corrupt; build it again"):
        open_graph_store(store)


@pytest.mark.parametrize("name", ["triples.npy", "entity_ids_content.npy", "tail_indptr.npy"])
def test_a_truncated_file_is_told_with_both_sizes(store, name):
    size = (store / name).stat().st_size
    os.truncate(store / name, size - 1)

    with pytest.raises(StoreError, match=rf"{name}: {size - 1:,} bytes, {size:,} bytes expected: the store is corrupt"):
        open_graph_store(store)


@pytest.mark.parametrize("opening", [open_graph_store, verify])
def test_a_missing_file_is_told(store, opening):
    (store / "triples.npy").unlink()

    with pytest.raises(StoreError, match=r"triples\.npy: missing, \d+ bytes expected"):
        opening(store)


def test_a_store_of_another_version_is_refused(store):
    write_json(store / "meta.json", read_json(store / "meta.json") | {"version": 1})

    with pytest.raises(StoreError, match="store version 1, this kgpt reads 2; build it again"):
        open_graph_store(store)


def test_verify_finds_a_changed_byte_that_opening_does_not(store):
    verify(store)
    content = bytearray((store / "triples.npy").read_bytes())
    content[-4] ^= 1
    (store / "triples.npy").write_bytes(content)

    open_graph_store(store)
    with pytest.raises(StoreError, match=r"triples\.npy: its content changed since it was written"):
        verify(store)


def test_a_header_that_numpy_cannot_read_is_told(store):
    content = bytearray((store / "triples.npy").read_bytes())
    content[:4] = b"xxxx"
    (store / "triples.npy").write_bytes(content)

    with pytest.raises(StoreError, match=r"triples\.npy: unreadable"):
        open_graph_store(store)


def test_a_newer_graph_takes_the_place_of_the_older(store):
    write_graph(build_graph([Triple("a", "b", "c")])[0], store)

    assert open_graph_store(store).num_triples == 1
    assert names_in(store.parent) == ["store"]


def test_a_full_disk_leaves_the_older_store(graph, store, monkeypatch):
    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match="cannot be written: No space left"):
        write_graph(graph, store)

    assert names_in(store.parent) == ["store"]
    assert open_graph_store(store).num_triples == 2


def test_a_folder_that_is_no_store_is_not_replaced(graph, tmp_path):
    (tmp_path / "thesis.txt").write_text("x")

    with pytest.raises(StoreError, match="holds something else"):
        write_graph(graph, tmp_path)

    assert names_in(tmp_path) == ["thesis.txt"]


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from kgpt.kg import build_graph, write_graph
from kgpt.records import Triple
saved, save = [], np.save
def dying(path, *args, **kwargs):
    save(path, *args, **kwargs)
    saved.append(path)
    if len(saved) == 7:
        os.kill(os.getpid(), signal.SIGKILL)
np.save = dying
write_graph(build_graph([Triple("a", "b", "c")])[0], Path(sys.argv[1]))
"""


def test_a_process_killed_while_it_writes_leaves_no_folder_that_opens(tmp_path):
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "store")], check=False)

    assert run.returncode == -signal.SIGKILL
    assert sorted(names_in(tmp_path)) == ["store.partial", "store.partial.lock"]
    with pytest.raises(StoreError, match="half-written"):
        open_graph_store(tmp_path / "store.partial")
    write_graph(build_graph([Triple("a", "b", "c")])[0], tmp_path / "store")
    assert names_in(tmp_path) == ["store"]


def test_a_store_is_built_in_its_folder_and_equals_the_graph_in_memory(tmp_path):
    items = [Triple(f"Q{i % 50}", f"P{i % 3}", f"Q{i % 7}") for i in range(400)]
    items += [Qualifier(items[0], "P8", "Q7"), EntityRecord("Q1", "eins", language="de"), Literal("Q2", "P9", "x")]

    build_store(items, tmp_path / "store", languages=("en", "de"), memory_bytes=512)

    built, opened = build_graph(items, languages=("en", "de"))[0], open_graph_store(tmp_path / "store")
    verify(tmp_path / "store")
    for mine, other in zip(_arrays(built).items(), _arrays(opened).items(), strict=True):
        assert mine[0] == other[0]
        assert np.array_equal(mine[1], other[1])
    assert opened.names_in("de").label(opened.entity("Q1")) == "eins"
    assert names_in(tmp_path) == ["store"]


def test_a_worker_opens_a_graph_once_and_again_when_another_lies_there(graph, tmp_path):
    write_graph(graph, tmp_path / "store")
    first = worker_graph_store(tmp_path / "store")
    assert worker_graph_store(tmp_path / "store") is first

    other, _ = build_graph([Triple("Q7", "P1", "Q8")])
    write_graph(other, tmp_path / "store")

    assert list(worker_graph_store(tmp_path / "store").entities.ids) == ["Q7", "Q8"]
