import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from kgpt.training.checkpoint import newest_checkpoint

PROGRAM = Path(__file__).with_name("killed_training.py")
training, settings = (runpy.run_path(str(PROGRAM))[name] for name in ("training", "settings"))

NEWEST = {
    "step-10": "checkpoint-8",
    "writing-8": "checkpoint-4",
    "sealing-8": "checkpoint-4",
    "tidying-8": "checkpoint-8",
}
"""Every moment of death, and the checkpoint that is found after it."""


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory):
    return training(tmp_path_factory.mktemp("unkilled"))


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder a moment, each left by a process that was killed."""
    folders = {moment: tmp_path_factory.mktemp(moment) for moment in NEWEST}
    quiet = os.environ | {"KGPT_QUIET": "1"}
    children = [
        subprocess.Popen([sys.executable, str(PROGRAM), str(folder), moment], env=quiet)
        for moment, folder in folders.items()
    ]
    assert [child.wait() for child in children] == [-signal.SIGKILL] * len(children)
    return folders


def same_bits(one, two):
    ours, theirs = one.state_dict(), two.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_training_repeats_bit_by_bit(unkilled, tmp_path):
    assert same_bits(training(tmp_path)[0], unkilled[0])


@pytest.mark.parametrize("moment", NEWEST)
def test_a_killed_training_goes_on_from_the_newest_whole_checkpoint_and_ends_in_the_same_bits(moment, killed, unkilled):
    assert newest_checkpoint(killed[moment]).name == NEWEST[moment]

    model, result = training(killed[moment])

    assert same_bits(model, unkilled[0])
    assert result.tokens == unkilled[1].tokens
    assert [row["loss"] for row in result.curve] == [row["loss"] for row in unkilled[1].curve]
    assert [path.name for path in killed[moment].glob("checkpoint-*")] == ["checkpoint-12"]


def test_a_finished_training_is_not_trained_again(unkilled, tmp_path):
    training(tmp_path)

    model, result = training(tmp_path)

    assert same_bits(model, unkilled[0])
    assert result.tokens == unkilled[1].tokens


def test_where_the_only_checkpoint_is_corrupt_the_training_starts_anew_and_ends_in_the_same_bits(unkilled, tmp_path):
    training(tmp_path)
    with (tmp_path / "checkpoint-12" / "model.safetensors").open("r+b") as file:
        file.truncate(100)

    model, _ = training(tmp_path)

    assert same_bits(model, unkilled[0])
