import runpy
from pathlib import Path

import pytest
import torch

from kgpt.training import train
from kgpt.training.probing import Probe

tiny = runpy.run_path(str(Path(__file__).with_name("tiny_training.py")))
training, settings, parts_of = tiny["training"], tiny["settings"], tiny["parts_of"]


def probed(folder, values, *, every=2, patience=0, **changes):
    """Train with a probe that finds `values` one after the other."""
    mixture, model, objectives = parts_of("dropout", folder)
    found = iter(values)

    def measure(model):
        assert not model.training
        torch.rand(3)  # a measurement may use randomness of its own
        return {"score": next(found), "other": 1.0}

    probe = Probe(measure, every=every, patience=patience)
    return model, train(model, mixture, objectives, settings(**changes), folder=folder, seed=0, probe=probe)


def test_the_probe_looks_every_so_many_steps(tmp_path):
    _, result = probed(tmp_path, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])

    assert [row["step"] for row in result.probes] == [2, 4, 6, 8, 10, 12]
    assert [row["probe_score"] for row in result.probes] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert len(result.curve) == 12


def test_a_training_that_is_looked_at_ends_in_the_bits_of_one_that_is_not(tmp_path):
    looked_at, _ = probed(tmp_path / "probed", [0.1] * 6)
    alone, _ = training(tmp_path / "alone", "dropout")

    ours, theirs = looked_at.state_dict(), alone.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize(
    ("values", "last"),
    [([0.1, 0.5, 0.5, 0.4, 0.9, 0.9], 8), ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 12), ([0.5, 0.1, 0.2, 0.9, 0.9, 0.9], 6)],
)
def test_it_stops_when_patience_is_over(tmp_path, values, last):
    _, result = probed(tmp_path, values, patience=2)

    assert result.curve[-1]["step"] == last


def test_a_resumed_training_counts_the_looks_before(tmp_path):
    probed(tmp_path, [0.5, 0.4], steps=4, checkpoint_every=4)

    _, result = probed(tmp_path, [0.3, 0.2, 0.1, 0.1], patience=2, checkpoint_every=4)

    assert [row["step"] for row in result.probes] == [2, 4, 6]
