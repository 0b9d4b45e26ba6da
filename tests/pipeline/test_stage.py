import errno
import os

import pytest

from kgpt.errors import ConfigError, StoreError
from kgpt.pipeline.stage import Counts, Stage, describe


@pytest.fixture
def stage(tmp_path):
    return Stage(name="graph", folder=tmp_path / "1-graph", inputs={"a": "1"}, config={"b": 2})


def write(content):
    def work(folder):
        (folder / "out.txt").write_text(content)
        return Counts(num_in=3, num_out=2, dropped={"too_short": 1})

    return work


def fail(folder):
    (folder / "out.txt").write_text("half")
    raise RuntimeError("killed")


def test_a_stage_runs_once(stage):
    first = stage.run(write("one"))

    second = stage.run(write("two"))

    assert second == first
    assert (stage.folder / "out.txt").read_text() == "one"


@pytest.mark.parametrize("change", [{"inputs": {"a": "2"}}, {"config": {"b": 3}}])
def test_another_input_or_setting_runs_it_again(stage, change):
    stage.run(write("one"))
    told = {"name": stage.name, "folder": stage.folder, "inputs": stage.inputs, "config": stage.config}

    Stage(**(told | change)).run(write("two"))

    assert (stage.folder / "out.txt").read_text() == "two"


def test_what_another_stage_made_is_not_replaced(stage):
    stage.run(write("one"))
    other = Stage(name="corpus", folder=stage.folder, inputs={}, config={})

    with pytest.raises(ConfigError, match="1-graph: holds what the stage 'graph' made and is not replaced by 'corpus'"):
        other.run(write("two"))

    assert (stage.folder / "out.txt").read_text() == "one"


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_text("on"), "2 bytes, written with 3"),
    ],
)
def test_a_stage_that_lost_a_file_or_a_part_of_it_is_not_taken_for_whole(stage, damage, told):
    stage.run(write("one"))
    damage(stage.folder / "out.txt")

    with pytest.raises(StoreError, match=rf"out\.txt: {told}; delete .*1-graph to make it again"):
        stage.run(write("two"))


def test_a_stage_that_fails_leaves_the_older_output_and_nothing_half(stage, tmp_path):
    stage.run(write("one"))
    other = Stage(name="graph", folder=stage.folder, inputs={}, config={})

    with pytest.raises(RuntimeError):
        other.run(fail)

    assert (stage.folder / "out.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["1-graph"]


def test_a_folder_of_somebody_elses_stays(stage):
    stage.folder.mkdir()
    (stage.folder / "thesis.txt").write_text("mine")

    with pytest.raises(StoreError, match=r"holds something else \(no manifest\.json\) and is not replaced"):
        stage.run(write("one"))

    assert [path.name for path in stage.folder.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(stage):
    stage.folder.mkdir()

    stage.run(write("one"))

    assert (stage.folder / "out.txt").read_text() == "one"


def test_a_full_disk_is_told(stage, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StoreError, match="cannot be written: No space left on device"):
        stage.run(write("one"))

    assert not stage.folder.exists()


def test_what_was_left_out_is_described(stage):
    manifest = stage.manifest(Counts(num_in=1200, num_out=2, dropped={"too_short": 1198, "other": 0}), 1.25)

    assert describe(manifest) == "1,200 -> 2 (left out: 1,198 too_short), 1.2 s"
