import errno
import os
import resource
import signal
import sys

import pytest
import torch

from kgpt.errors import StoreError
from kgpt.training.checkpoint import is_whole, newest_checkpoint, partial_of, publish, remove_old, write_checkpoint
from kgpt.training.state import save_state, save_weights


def sealed(folder, steps, content="weights"):
    target = folder / f"checkpoint-{steps}"
    partial = partial_of(target)
    (partial / "inner").mkdir(parents=True)
    (partial / "model.safetensors").write_text(content)
    (partial / "inner" / "state.json").write_text("state")
    publish(partial, target)
    return target


def test_a_sealed_checkpoint_is_whole(tmp_path):
    folder = sealed(tmp_path, 10)

    assert is_whole(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10"]


def torn(path):
    path.write_bytes(path.read_bytes()[:-1])


def removed(path):
    path.unlink()


def flipped(path):
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


@pytest.mark.parametrize("name", ["model.safetensors", "inner/state.json", "files.json"])
@pytest.mark.parametrize("damage", [torn, removed, flipped])
def test_any_damage_makes_a_checkpoint_count_no_more(tmp_path, name, damage):
    folder = sealed(tmp_path, 10)
    (folder / "files.json").write_bytes((folder / "files.json").read_bytes().rstrip())

    damage(folder / name)

    assert not is_whole(folder)


def test_the_newest_is_the_one_with_most_steps(tmp_path):
    for steps in (9, 100, 20):
        sealed(tmp_path, steps)

    assert newest_checkpoint(tmp_path).name == "checkpoint-100"


def test_a_corrupt_newest_is_passed_over_for_an_older_whole_one(tmp_path):
    sealed(tmp_path, 10)
    torn(sealed(tmp_path, 20) / "model.safetensors")

    assert newest_checkpoint(tmp_path).name == "checkpoint-10"


def test_where_the_only_one_is_corrupt_there_is_none(tmp_path):
    torn(sealed(tmp_path, 10) / "model.safetensors")

    assert newest_checkpoint(tmp_path) is None


def test_a_half_written_one_is_none(tmp_path):
    partial = partial_of(tmp_path / "checkpoint-30")
    partial.mkdir()
    (partial / "files.json").write_text("{}")

    assert newest_checkpoint(tmp_path) is None


def test_a_folder_that_does_not_exist_holds_none(tmp_path):
    assert newest_checkpoint(tmp_path / "none") is None


def test_others_go_with_what_a_killed_save_left(tmp_path):
    sealed(tmp_path, 10)
    partial_of(tmp_path / "checkpoint-15").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    newest = sealed(tmp_path, 20)

    remove_old(tmp_path)

    assert newest.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-20", "notes.txt"]


def test_as_many_are_kept_as_are_asked_for_the_newest_ones(tmp_path):
    for steps in (9, 100, 20):
        sealed(tmp_path, steps)

    remove_old(tmp_path, keep=2)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-100", "checkpoint-20"]


def test_a_full_disk_leaves_the_older_one_as_it_was(tmp_path, monkeypatch):
    older = sealed(tmp_path, 10)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            sealed(tmp_path, 20)

    assert newest_checkpoint(tmp_path) == older


def saved(folder, steps):
    """A checkpoint as trainings write it, in small."""

    def write(partial):
        save_weights({"words": torch.full((64, 16), float(steps))}, partial / "model.safetensors")
        save_state(partial, "state", {"rows": torch.ones(64), "next_step": steps})

    write_checkpoint(folder / f"checkpoint-{steps}", write)
    remove_old(folder)


def in_a_child(work):
    """How a forked process ends that does `work`."""
    if not (child := os.fork()):
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def lines_of(work, die_at=None):
    """Run `work` and count its lines of Python; kill the process at one of them."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_forty_moments_of_a_save_there_is_always_a_whole_checkpoint(tmp_path):
    saved(tmp_path / "counted", 10)
    num_lines = lines_of(lambda: saved(tmp_path / "counted", 20))
    found = []
    for number in range(40):
        folder = tmp_path / str(number)
        saved(folder, 10)
        moment = 1 + number * int(0.95 * num_lines) // 40  # threads may save it a line or two

        assert in_a_child(lambda at=folder, die=moment: lines_of(lambda: saved(at, 20), die)) == signal.SIGKILL

        newest = newest_checkpoint(folder)
        found.append(newest.name)
        assert is_whole(newest)
    assert set(found) == {"checkpoint-10", "checkpoint-20"}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_disk_that_takes_no_more_is_told_and_the_older_one_stays(tmp_path):
    saved(tmp_path, 10)

    def fill():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        with pytest.raises(StoreError, match=r"checkpoint-20: cannot be written: .*File too large"):
            saved(tmp_path, 20)
        os.kill(os.getpid(), signal.SIGUSR1)

    assert in_a_child(fill) == signal.SIGUSR1
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-10"]
    assert is_whole(tmp_path / "checkpoint-10")
