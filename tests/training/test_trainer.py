import errno
import math
import os
import runpy
from pathlib import Path

import pytest

from kgpt.errors import StoreError
from kgpt.training import checkpoint

PROGRAM = Path(__file__).with_name("tiny_training.py")
training = runpy.run_path(str(PROGRAM))["training"]


def test_the_loss_goes_down(tmp_path):
    _, result = training(tmp_path, steps=40, learning_rate=1e-2, checkpoint_every=0)

    losses = [row["loss"] for row in result.curve]
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])


def test_the_curve_has_a_point_every_so_many_steps_with_every_objective(tmp_path):
    _, result = training(tmp_path, log_every=4)

    assert [row["step"] for row in result.curve] == [4, 8, 12]
    assert all(row["span_corruption"] == pytest.approx(row["loss"], rel=1e-3) for row in result.curve)
    assert all(math.isfinite(row["learning_rate"]) for row in result.curve)


def test_the_rate_warms_up_and_falls_to_nothing(tmp_path):
    _, result = training(tmp_path, warmup_frac=0.25, learning_rate=0.5e-2)

    rates = [row["learning_rate"] for row in result.curve]
    assert rates[:4] == sorted(rates[:4])
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert max(rates) == pytest.approx(0.5e-2)


def test_no_checkpoint_is_kept_where_none_is_asked_for(tmp_path):
    training(tmp_path, checkpoint_every=0)

    assert list(tmp_path.glob("checkpoint-*")) == []


def test_a_full_disk_is_told_and_the_older_checkpoint_stays(tmp_path, monkeypatch):
    real = os.fsync

    def full(descriptor):
        if "checkpoint-8" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StoreError, match=r"checkpoint-8.*cannot be written: .*No space left on device"):
        training(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-4"]
    assert checkpoint.newest_checkpoint(tmp_path).name == "checkpoint-4"
