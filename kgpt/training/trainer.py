"""transformers' Trainer with kgpt's steps, losses, optimiser and crash-safe checkpoints.

Exact resume: the mixture gives any step's batches from (seed, step) alone, the random generators are in the checkpoint,
the thread count is pinned; so a run killed and gone on with ends in the same bits (on CPU).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import Trainer
from transformers.trainer_callback import ExportableState

from kgpt.config import Settings
from kgpt.io import write_json
from kgpt.sequences import Batch
from kgpt.training import checkpoint
from kgpt.training.optimizer import build_optimizer
from kgpt.training.processes import Processes
from kgpt.training.replaying import ReplayWatch
from kgpt.training.schedule import PhaseRate, phased_schedule
from kgpt.training.sharding import (
    set_whole_optimizer_state,
    shard_on_cpu,
    whole_model_state,
    whole_optimizer_state,
)
from kgpt.training.state import load_state, random_state, save_state, save_weights, set_random_state
from kgpt.training.step import StepDataset, StepLoss, step_loader
from kgpt.training.tally import Tally

_PREFIX = "model."
"""`StepLoss` puts it before the names of the model's weights."""


class KgptTrainer(Trainer):  # type: ignore[misc]
    """transformers' Trainer over `StepDataset`; an item is a part of a step, its loss the combined objectives.

    Args:
        model: the model with its objectives.
        settings: of the training.
        learning_rate: peak.
        tally: of tokens and seconds.
        first_step: the step to go on with.
        phases: of a curriculum, each with its own schedule; none is one schedule.
        keywords: of the Trainer.
    """

    def __init__(
        self,
        *,
        model: StepLoss,
        settings: Any,
        learning_rate: float,
        tally: Tally,
        first_step: int = 0,
        phases: Sequence[PhaseRate] = (),
        **keywords: Any,
    ) -> None:
        super().__init__(model=model, callbacks=[tally], **keywords)
        dataset: StepDataset = self.train_dataset
        self._mixture, self._phases = dataset.mixture, phases
        self._watch = ReplayWatch(dataset.mixture, model.processes, parts=dataset.parts)
        self.add_callback(self._watch)
        self.loss_is_scaled_for_ga = True
        self._loss, self._settings, self._rate = model, settings, learning_rate
        self.tally, self._first_step = tally, first_step
        self._means: dict[str, list[float]] = {}
        self._loads: list[torch.Tensor] = []

    @property
    def processes(self) -> Processes:
        """That train together."""
        return self._loss.processes

    def create_accelerator_and_postprocess(self) -> None:
        """Accelerate as the Trainer makes it, and FSDP on CPUs besides."""
        super().create_accelerator_and_postprocess()
        shard_on_cpu(self.accelerator)
        self.is_fsdp_enabled = getattr(self.accelerator.state, "fsdp_plugin", None) is not None

    def get_train_dataloader(self) -> Any:
        """The steps that are left; every process draws its own part of each."""
        dataset: StepDataset = self.train_dataset
        return step_loader(dataset, first_step=self._first_step, num_workers=self._settings.data_workers)

    def create_optimizer(self, model: Any = None) -> Any:
        """AdamW or Adafactor, and row-wise Adagrad for sparse tables."""
        found: Any = getattr(self, "optimizer", None)
        if found is None:
            found = self.optimizer = build_optimizer(model or self._loss.model, self._settings, self._rate)
        return found

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """The schedule, once a phase where there are phases."""
        found: Any = getattr(self, "lr_scheduler", None)
        if found is None and self._phases:
            found = phased_schedule(optimizer or self.optimizer, self._phases, self._settings, peak=self._rate)
            self.lr_scheduler = found
        return found if found is not None else super().create_scheduler(num_training_steps, optimizer)

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: torch.device
    ) -> tuple[list[Any], list[float] | None]:
        """All parts of a step, and what is asked in them together (None where a part is the whole step)."""
        samples = [self.tally.wait_for(lambda: next(epoch_iterator)) for _ in range(num_batches)]
        for sample in samples:
            self.tally.count(sample["batches"])
        if num_batches == 1:
            return samples, None
        counts = [self._loss.count(_moved(sample["batches"], device)) for sample in samples]
        return samples, [sum(column) for column in zip(*counts, strict=True)]

    def compute_loss(
        self,
        model: Any,
        inputs: Mapping[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: list[float] | None = None,
    ) -> Any:
        """The combined loss of one part of a step."""
        step = self.state.global_step
        found = model(inputs["batches"], num_items_in_batch, self._watch.places(step))
        self._watch.tell(step, found["rows"])
        for name, mean in found["means"].items():
            self._means.setdefault(name, []).append(mean)
        if found["load"] is not None:
            self._loads.append(found["load"])
        return (found["total"], {}) if return_outputs else found["total"]

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add every objective's mean since the last point, over all processes, and the time spent waiting for data."""
        self.tally.meet()
        if "loss" in logs:
            self.state.epoch = self.state.global_step / self.state.max_steps  # as in a run that nobody stopped
            logs |= self._objective_means() | self._expert_load() | {"data_wait_frac": self.tally.lately()}
        super().log(logs, start_time)

    def _objective_means(self) -> dict[str, float]:
        parts = self.args.gradient_accumulation_steps
        means = [parts * sum(found) / len(found) for found in self._means.values()]
        logs = dict(zip(self._means, self.processes.mean(means), strict=True))
        self._means = {}
        return logs

    def _expert_load(self) -> dict[str, float]:
        """The busiest and the idlest expert's share of the tokens, times the number of experts: 1 is balanced."""
        if not self._loads:
            return {}
        load_XY = torch.stack(self._loads).mean(dim=0) * self._loads[0].shape[-1]
        self._loads = []
        names = ("expert_load_max", "expert_load_min")
        return dict(zip(names, self.processes.mean([float(load_XY.max()), float(load_XY.min())]), strict=True))

    def _clip_grad_norm(self, model: Any) -> Any:
        """Clip dense gradients; a sparse table's rows have Adagrad's own measure."""
        dense = [one for one in model.parameters() if one.grad is None or not one.grad.is_sparse]
        return self.accelerator.clip_grad_norm_(dense, self.args.max_grad_norm)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Gather what all processes know, and let the first write it, whole or not at all."""
        del trial
        self.tally.meet()
        weights, state = self.weights(), self._state(model)
        target = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        if self.processes.is_first:
            checkpoint.write_checkpoint(target, lambda folder: self._write(folder, weights, state))
            checkpoint.remove_old(target.parent, keep=self._settings.keep_checkpoints)
        self.processes.wait()

    def weights(self) -> dict[str, torch.Tensor]:
        """The model's state dict, whole; under FSDP every process must ask, and the first gets it."""
        if not self.is_fsdp_enabled:
            return dict(self._loss.model.state_dict())
        whole = {name.removeprefix(_PREFIX): one for name, one in whole_model_state(self.model).items()}
        firsts: dict[int, str] = {}
        for name, parameter in self._loss.model.named_parameters(remove_duplicate=False):
            if name in whole:  # tied weights were gathered once a name
                whole[name] = whole[firsts.setdefault(id(parameter), name)]
        return whole

    def _state(self, model: Any) -> dict[str, Any]:
        optimizer: Any = getattr(self.optimizer, "optimizer", self.optimizer)
        return {
            "optimizer": whole_optimizer_state(model, optimizer) if self.is_fsdp_enabled else optimizer.state_dict(),
            "schedule": self.lr_scheduler.state_dict(),
            "random": self.processes.gather(random_state()),
            "next_step": self.state.global_step,
            "mixture": {name: torch.from_numpy(np.asarray(value)) for name, value in self._mixture.state().items()},
        }

    def _write(self, folder: Path, weights: Mapping[str, torch.Tensor], state: Any) -> None:
        save_weights(weights, folder / checkpoint.WEIGHTS)
        save_state(folder, checkpoint.STATE, state)
        told: Settings = self._settings
        world = self.processes.world
        write_json(folder / checkpoint.ARGUMENTS, {"training": told.model_dump(mode="json"), "processes": world})
        for one in (*self.callback_handler.callbacks, self.control):
            if isinstance(one, ExportableState):
                self.state.stateful_callbacks[type(one).__name__] = one.state()
        self.state.save_to_json(str(folder / checkpoint.TRAINER_STATE))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Nothing: the model has its weights before it is wrapped."""

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None:
            return
        state = load_state(Path(checkpoint), "state")
        optimizer: Any = getattr(self.optimizer, "optimizer", self.optimizer)
        if self.is_fsdp_enabled:
            set_whole_optimizer_state(self.model, optimizer, state["optimizer"])
        else:
            optimizer.load_state_dict(state["optimizer"])
        self.lr_scheduler.load_state_dict(state["schedule"])
        self._mixture.load_state({name: value.numpy() for name, value in state["mixture"].items()})

    def _load_rng_state(self, checkpoint: str | None) -> None:
        """Set the generators; a process that was not there when the checkpoint was made keeps its fresh ones."""
        if checkpoint is None:
            return
        states = load_state(Path(checkpoint), "state")["random"]
        if self.processes.rank < len(states):
            set_random_state(states[self.processes.rank])


def _moved(batches: tuple[Batch, ...], device: torch.device) -> tuple[Batch, ...]:
    return tuple(batch.to(device) for batch in batches)
