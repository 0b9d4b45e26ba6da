import errno
import math
import os
import runpy
import time
from pathlib import Path

import pytest
import torch

from kgpt.errors import ConfigError, StoreError
from kgpt.model.base import ModelPart
from kgpt.objectives import CAUSAL_LM, RouterBalance
from kgpt.sequences import Mixture
from kgpt.training import checkpoint, step, train
from kgpt.training.rate import default_learning_rate, num_body_parameters
from kgpt.training.training import balanced

PROGRAM = Path(__file__).with_name("tiny_training.py")
tiny = runpy.run_path(str(PROGRAM))
training = tiny["training"]


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


def curve(folder, **changes):
    """The losses of a training without dropout, in full precision."""
    model, result = training(folder, "dense", bf16=False, **changes)
    return model, [row["loss"] for row in result.curve]


def test_a_step_read_in_parts_is_the_step(tmp_path):
    model, whole = curve(tmp_path / "whole")

    parted, losses = curve(tmp_path / "parts", accumulation=3)

    assert losses == pytest.approx(whole, rel=1e-5)
    assert close(parted, model)


def close(one, two):
    ours, theirs = one.state_dict(), two.state_dict()
    return max(float((ours[name] - theirs[name]).abs().max()) for name in ours) < 1e-5


def test_parts_of_heads_that_batches_do_not_tell_are_counted_by_a_pass_of_their_own(tmp_path, monkeypatch):
    model, whole = curve(tmp_path / "whole")
    monkeypatch.setattr(step, "num_asked", lambda *_: None)

    parted, losses = curve(tmp_path / "parts", accumulation=2)

    assert losses == pytest.approx(whole, rel=1e-5)
    assert close(parted, model)


def test_more_parts_than_sequences_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"training\.tokens_per_step: 64 gives steps of \d sequences"):
        training(tmp_path, accumulation=50)


def test_activations_made_again_change_no_bit(tmp_path):
    model, whole = curve(tmp_path / "whole")

    again, losses = curve(tmp_path / "again", gradient_checkpointing=True)

    assert any(getattr(one, "gradient_checkpointing", False) for one in again.modules())
    assert losses == whole
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))


class After(ModelPart):
    def after_layer(self, layer, states_BSD, kept):
        return super().after_layer(layer, states_BSD, kept)


class Before(ModelPart):
    def before_layer(self, layer, states_BSD, kept):
        return super().before_layer(layer, states_BSD, kept)


class Remembering(ModelPart):
    needs_this_batch = True


@pytest.mark.parametrize("part", [After, Before, Remembering])
@pytest.mark.parametrize("name", ["gradient_checkpointing", "compile"])
def test_layers_with_a_part_between_them_are_run_once_and_as_they_are(tmp_path, name, part):
    mixture, model, objectives = tiny["parts_of"]("dense", tmp_path)
    model.parts["between"] = part()

    with pytest.raises(ConfigError, match=f"training.{name}: between acts between the layers"):
        train(model, mixture, objectives, tiny["settings"](**{name: True}), folder=tmp_path, seed=0)


@pytest.mark.filterwarnings("ignore")  # torch's compiler reads gradients of tensors that have none
def test_a_compiled_stack_trains_the_same(tmp_path, monkeypatch):
    real = torch.nn.Module.compile  # whose code generator alone takes a minute
    monkeypatch.setattr(torch.nn.Module, "compile", lambda one, **told: real(one, backend="eager", **told))
    model, whole = curve(tmp_path / "whole", steps=3)

    compiled, losses = curve(tmp_path / "compiled", steps=3, compile=True)

    assert compiled.backbone.encoder._compiled_call_impl is not None
    assert compiled.state_dict().keys() == model.state_dict().keys()
    assert losses == pytest.approx(whole, rel=1e-4)
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize(
    ("schedule", "last", "middle"),
    [("cosine", 0.02, 0.5), ("linear", 0.08, 0.5), ("constant", 1, 1), ("inverse_sqrt", 0.6, 0.8)],
)
def test_a_schedule_has_its_form(tmp_path, schedule, last, middle):
    _, result = training(tmp_path, steps=24, schedule=schedule, learning_rate=1.0, checkpoint_every=0, warmup_frac=0.5)

    rates = [row["learning_rate"] for row in result.curve]
    assert rates[:12] == pytest.approx([step / 12 for step in range(12)])
    assert rates[-1] == pytest.approx(last, abs=0.15)
    assert rates[18] == pytest.approx(middle, abs=0.1)


def test_the_stable_schedule_falls_at_the_end_alone(tmp_path):
    changes = {"steps": 20, "learning_rate": 1e-2, "warmup_frac": 0.1, "checkpoint_every": 0}
    _, result = training(tmp_path, schedule="warmup_stable_decay", **changes)

    rates = [row["learning_rate"] for row in result.curve]
    assert rates[2:17] == pytest.approx([1e-2] * 15)
    assert rates[16:] == sorted(rates[16:], reverse=True) and rates[-1] < 0.5e-2


def test_adafactor_trains(tmp_path):
    _, result = training(tmp_path, optimizer="adafactor", schedule="constant", learning_rate=1e-3, steps=30)

    losses = [row["loss"] for row in result.curve]
    assert sum(losses[-5:]) < 0.95 * sum(losses[:5])
    assert result.curve[-1]["learning_rate"] == 1e-3


def test_without_a_learning_rate_the_size_of_the_model_decides(tmp_path):
    model, result = training(tmp_path, learning_rate=None, schedule="constant", warmup_frac=0.0)

    assert result.curve[0]["learning_rate"] == default_learning_rate(num_body_parameters(model))


def test_as_many_checkpoints_stay_as_are_asked_for(tmp_path):
    training(tmp_path, checkpoint_every=2, keep_checkpoints=3)

    assert {path.name for path in tmp_path.iterdir()} == {"checkpoint-8", "checkpoint-10", "checkpoint-12"}


def test_event_files_lie_beside_the_checkpoints_and_hold_the_curve(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    _, result = training(tmp_path, report_to="tensorboard")

    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [one.step for one in events.Scalars("train/loss")] == list(range(1, 13))
    assert [one.value for one in events.Scalars("train/loss")] == pytest.approx([row["loss"] for row in result.curve])


def test_where_tensorboard_is_not_installed_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("kgpt.training.settings.find_spec", lambda *_: None)

    training(tmp_path, report_to="tensorboard")

    assert not (tmp_path / "tensorboard").exists()


def test_experts_are_balanced_and_their_load_is_told(tmp_path):
    model, result = training(tmp_path, "experts")

    assert all(row["router_balance"] > 0 for row in result.curve)
    assert all(row["expert_load_max"] >= 1 >= row["expert_load_min"] >= 0 for row in result.curve)
    assert balanced([CAUSAL_LM], model)[1:] == [RouterBalance(weight=model.config.router_aux_loss_coef)]
    assert balanced([RouterBalance(weight=3.0)], model) == [RouterBalance(weight=3.0)]


def test_the_time_spent_waiting_for_data_is_told(tmp_path, monkeypatch):
    real = Mixture.batches

    def slow(mixture, number, **share):
        time.sleep(0.1)
        return real(mixture, number, **share)

    monkeypatch.setattr(Mixture, "batches", slow)
    _, result = training(tmp_path, steps=4)

    assert 0.3 < result.data_wait_frac < 1
    assert all(0.3 < row["data_wait_frac"] < 1 for row in result.curve)


def test_sparse_rows_are_neither_clipped_nor_part_of_the_norm(tmp_path):
    _, result = training(tmp_path / "sparse", "sparse", steps=1, max_grad_norm=1e-9, learning_rate=1e-2)
    model = tiny["parts_of"]("sparse", tmp_path)[1]
    trained, _ = training(tmp_path / "again", "sparse", steps=1, max_grad_norm=1e-9, learning_rate=1e-2)

    moved = (trained.nodes.vectors.rows.weight - model.nodes.vectors.rows.weight).detach().abs().max()
    assert float(moved) > 1e-3
    assert math.isfinite(result.curve[0]["grad_norm"])
