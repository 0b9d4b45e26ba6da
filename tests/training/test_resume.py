import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from kgpt.sequences import Mixture
from kgpt.training.checkpoint import newest_checkpoint

PROGRAM = Path(__file__).with_name("tiny_training.py")
tiny = runpy.run_path(str(PROGRAM))
training, settings = tiny["training"], tiny["settings"]

NEWEST = {
    "step-10": "checkpoint-8",
    "writing-8": "checkpoint-4",
    "sealing-8": "checkpoint-4",
    "tidying-8": "checkpoint-8",
}
"""Every moment of death, and the checkpoint that is found after it."""


class StoppedError(Exception):
    """Stands for whatever ends a training early."""


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory):
    return training(tmp_path_factory.mktemp("unkilled"))


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder a moment, each left by a process that was killed."""
    folders = {moment: tmp_path_factory.mktemp(moment) for moment in NEWEST}
    quiet = os.environ | {"KGPT_QUIET": "1"}
    children = [
        subprocess.Popen([sys.executable, str(PROGRAM), str(folder), "dropout", moment], env=quiet)
        for moment, folder in folders.items()
    ]
    assert [child.wait() for child in children] == [-signal.SIGKILL] * len(children)
    return {moment: folder / "dropout" for moment, folder in folders.items()}


@pytest.fixture
def stopped_at(monkeypatch):
    """Trains until a step is to be read, and stops there."""

    def run(step, *arguments, **keywords):
        real = Mixture.batches

        def stopping(mixture, number, **share):
            if number == step:
                raise StoppedError
            return real(mixture, number, **share)

        with monkeypatch.context() as patch, pytest.raises(StoppedError):
            patch.setattr(Mixture, "batches", stopping)
            training(*arguments, **keywords)

    return run


def same_bits(one, two):
    ours, theirs = one.state_dict(), two.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def told(result):
    """The curve without what is measured by the clock."""
    return [{name: value for name, value in row.items() if name != "data_wait_frac"} for row in result.curve]


def test_the_same_seed_ends_in_the_same_bits(unkilled, tmp_path):
    assert same_bits(training(tmp_path)[0], unkilled[0])


@pytest.mark.parametrize("moment", NEWEST)
def test_a_killed_training_goes_on_from_the_newest_whole_checkpoint_and_ends_in_the_same_bits(moment, killed, unkilled):
    assert newest_checkpoint(killed[moment]).name == NEWEST[moment]

    model, result = training(killed[moment])

    assert same_bits(model, unkilled[0])
    assert result.tokens == unkilled[1].tokens
    assert told(result) == told(unkilled[1])
    assert [path.name for path in killed[moment].glob("checkpoint-*")] == ["checkpoint-12"]


@pytest.mark.parametrize("kind", tiny["KINDS"])
def test_half_and_the_other_half_end_in_the_bits_of_the_whole(kind, tmp_path, stopped_at):
    whole, result = training(tmp_path / "whole", kind)
    stopped_at(6, tmp_path / "halves", kind, checkpoint_every=6)

    model, resumed = training(tmp_path / "halves", kind, checkpoint_every=6)

    assert same_bits(model, whole)
    assert told(resumed) == told(result)
    state = "checkpoint-12/state.safetensors"
    assert (tmp_path / "halves" / state).read_bytes() == (tmp_path / "whole" / state).read_bytes()


def test_a_resumed_training_reads_only_the_steps_that_are_left(tmp_path, stopped_at, monkeypatch):
    stopped_at(6, tmp_path, checkpoint_every=6)
    read, real = [], Mixture.batches

    def noting(mixture, step, **share):
        read.append(step)
        return real(mixture, step, **share)

    monkeypatch.setattr(Mixture, "batches", noting)
    training(tmp_path, checkpoint_every=6)

    assert read == list(range(6, 12))


def test_workers_that_make_batches_change_no_bit(unkilled, tmp_path):
    assert same_bits(training(tmp_path, data_workers=2)[0], unkilled[0])


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
