import errno
import os

import pytest

from kgpt.errors import StoreError
from kgpt.training.checkpoint import is_whole, newest_checkpoint, partial_of, publish, remove_others


def sealed(folder, steps, content="weights"):
    target = folder / f"checkpoint-{steps}"
    partial = partial_of(target)
    (partial / "inner").mkdir(parents=True)
    (partial / "model.safetensors").write_text(content)
    (partial / "inner" / "optimizer.pt").write_text("state")
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


@pytest.mark.parametrize("name", ["model.safetensors", "inner/optimizer.pt", "files.json"])
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

    remove_others(tmp_path, newest)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-20", "notes.txt"]


def test_a_full_disk_leaves_the_older_one_as_it_was(tmp_path, monkeypatch):
    older = sealed(tmp_path, 10)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            sealed(tmp_path, 20)

    assert newest_checkpoint(tmp_path) == older
