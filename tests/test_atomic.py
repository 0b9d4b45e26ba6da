import os
import shutil
import subprocess
import sys
from collections import namedtuple

import pytest

from kgpt.atomic import atomic_folder, write_bytes
from kgpt.errors import StoreError
from kgpt.io import write_json, write_json_lines


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def no_space(descriptor):
    raise OSError(28, "No space left on device")


def test_an_exception_in_the_middle_of_a_file_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("old")

    def values():
        yield 1
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_json_lines(path, values())

    assert names_in(tmp_path) == ["a.jsonl"]
    assert path.read_text() == "old"


def test_a_full_disk_gives_a_store_error_and_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", no_space)

    with pytest.raises(StoreError, match=r"a\.json: cannot be written: No space left on device"):
        write_json(path, {"new": 1})

    assert names_in(tmp_path) == ["a.json"]
    assert path.read_text() == "old"


def test_a_file_below_a_file_is_refused_with_a_store_error(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(StoreError, match="cannot be written"):
        write_json(tmp_path / "file" / "a.json", 1)


def test_a_folder_takes_the_place_of_the_old_one_when_the_block_ends(tmp_path):
    folder = tmp_path / "stage"
    folder.mkdir()
    (folder / "old").write_text("x")

    with atomic_folder(folder) as partial:
        (partial / "new").write_text("y")
        assert names_in(folder) == ["old"]

    assert names_in(folder) == ["new"]
    assert names_in(tmp_path) == ["stage"]


def test_an_exception_in_the_middle_of_a_folder_leaves_the_old_one_and_nothing_else(tmp_path):
    folder = tmp_path / "stage"
    folder.mkdir()
    (folder / "old").write_text("x")

    with pytest.raises(RuntimeError), atomic_folder(folder) as partial:
        (partial / "new").write_text("y")
        raise RuntimeError("stop")

    assert names_in(tmp_path) == ["stage"]
    assert names_in(folder) == ["old"]


def test_a_full_disk_leaves_no_half_written_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", no_space)

    with (
        pytest.raises(StoreError, match="stage: cannot be written: No space left"),
        atomic_folder(tmp_path / "stage") as partial,
    ):
        (partial / "new").write_text("y")

    assert names_in(tmp_path) == []


def test_too_little_space_is_told_before_anything_is_written(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 3, 7))

    with (
        pytest.raises(StoreError, match="7 bytes free on the disk, 67,108,864 needed; make room"),
        atomic_folder(tmp_path / "stage"),
    ):
        pytest.fail("the block must not begin")

    assert names_in(tmp_path) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_somebody_elses_is_not_replaced(tmp_path, kind):
    path = tmp_path / "mine"
    target = path / "thesis.txt" if kind == "folder" else path
    target.parent.mkdir(exist_ok=True)
    target.write_text("years of work")

    with (
        pytest.raises(StoreError, match=r"mine: holds something else \(no meta\.json\) and is not replaced"),
        atomic_folder(path, mark="meta.json"),
    ):
        pytest.fail("the block must not begin")

    assert target.read_text() == "years of work"


def test_two_processes_do_not_fill_one_folder(tmp_path):
    code = "import sys, pathlib, kgpt.atomic\nwith kgpt.atomic.atomic_folder(pathlib.Path(sys.argv[1])): pass"
    with atomic_folder(tmp_path / "out") as partial:
        (partial / "a").write_text("first")
        call = [sys.executable, "-c", code, str(tmp_path / "out")]
        told = subprocess.run(call, capture_output=True, text=True, check=False)

    assert told.returncode and "RunLockedError" in told.stderr and "another kgpt writes it" in told.stderr
    assert (tmp_path / "out" / "a").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_replaced(tmp_path):
    (tmp_path / "store").mkdir()

    with atomic_folder(tmp_path / "store", mark="meta.json") as partial:
        (partial / "meta.json").write_text("{}")

    assert names_in(tmp_path / "store") == ["meta.json"]


def test_a_pipe_is_written_into_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_bytes(pipe, b"told")

    assert os.read(reader, 10) == b"told"
    os.close(reader)
    assert pipe.is_fifo() and [path.name for path in tmp_path.iterdir()] == ["pipe"]
