"""One training run: a model, a mixture and objectives in, the trained model and its learning curve out."""

import copy
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import ProgressCallback, TrainingArguments
from transformers.integrations import TensorBoardCallback
from transformers.trainer_callback import PrinterCallback

from kgpt.errors import ConfigError
from kgpt.io import read_json
from kgpt.model import KgptModel
from kgpt.model.base import ModelPart
from kgpt.model.stack import has_router, stack_of
from kgpt.objectives import Objective, RouterBalance
from kgpt.progress import is_quiet, say
from kgpt.sequences.steps import Steps
from kgpt.training import checkpoint
from kgpt.training.allocator import keep_freed_memory
from kgpt.training.optimizer import mapped_tables
from kgpt.training.probing import Probe, Probing, probe_points
from kgpt.training.processes import Processes, join_processes
from kgpt.training.rate import default_learning_rate, num_body_parameters
from kgpt.training.schedule import PhaseRate, schedule_name, schedule_settings
from kgpt.training.settings import TrainingSettings
from kgpt.training.sharding import is_sharded
from kgpt.training.state import load_weights
from kgpt.training.step import StepDataset, StepLoss, has_sparse_tables
from kgpt.training.tally import Tally
from kgpt.training.trainer import KgptTrainer

TENSORBOARD = "tensorboard"


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a training run did.

    Args:
        curve: points of the learning curve: `step`, `loss`, each objective, `learning_rate`, `data_wait_frac`.
        tokens: nodes read and words written in all.
        seconds: wall-clock time of all parts of the run, resumed ones included.
        flops: estimate, 6 x parameters x tokens (Kaplan et al., 2020), embeddings left out.
        data_wait_frac: share of the time spent waiting for data.
        probes: what the probe found: `step` and `probe_*`.
    """

    curve: list[dict[str, float]]
    tokens: int
    seconds: float
    flops: float
    data_wait_frac: float = 0.0
    probes: list[dict[str, float]] = field(default_factory=list)


def train(
    model: KgptModel,
    mixture: Steps,
    objectives: Sequence[Objective],
    settings: TrainingSettings,
    *,
    folder: Path,
    seed: int,
    what: str = "training",
    phases: Sequence[PhaseRate] = (),
    probe: Probe | None = None,
) -> TrainingResult:
    """Train `model` in place, going on from the newest whole checkpoint in `folder`.

    Several processes started by `torchrun` share every step; each must call this, and the first writes.

    Args:
        model: changed.
        mixture: what every step reads.
        objectives: what is minimised; a mixture of experts gets `RouterBalance` besides.
        settings: budget and optimiser.
        folder: for checkpoints.
        seed: of dropout; the mixture has its own.
        what: named in the progress bar.
        phases: of a curriculum, each with its own schedule.
        probe: looks at the model every so many steps, and may end the training.

    Raises:
        ConfigError: the settings do not fit the model or the processes.
        StoreError: a checkpoint cannot be written.
    """
    processes = join_processes()
    if probe is not None and is_sharded():
        raise ConfigError("training.probe_every: the probe looks at a whole model, which FSDP has nowhere; set it to 0")
    start = processes.first(lambda: checkpoint.newest_checkpoint(folder))
    if start is not None:
        model.load_state_dict(load_weights(start / checkpoint.WEIGHTS))
        if processes.is_first:
            say(f"{what}: going on from {start.name} of {settings.steps} steps")
    trainer = build_trainer(model, mixture, objectives, settings, folder=folder, seed=seed, start=start, phases=phases)
    if probe is not None:
        trainer.add_callback(Probing(probe, model, processes, trainer.log))
    _show(trainer, what if processes.is_first else "")
    with warnings.catch_warnings(), _deterministic(settings.compile):
        warnings.filterwarnings("ignore", message=".*pin_memory.*")
        trainer.train(resume_from_checkpoint=str(start) if start else None)
    if trainer.is_fsdp_enabled:
        weights = trainer.weights()
        model.load_state_dict(processes.first(lambda: weights))
    tally = trainer.tally
    curve = [row for row in trainer.state.log_history if "loss" in row]
    flops = 6.0 * num_body_parameters(model) * tally.tokens
    probes = probe_points(trainer.state.log_history)
    return TrainingResult(curve, tally.tokens, tally.seconds, flops, tally.data_wait_frac, probes)


def build_trainer(
    model: KgptModel,
    mixture: Steps,
    objectives: Sequence[Objective],
    settings: TrainingSettings,
    *,
    folder: Path,
    seed: int,
    start: Path | None = None,
    **keywords: Any,
) -> KgptTrainer:
    """The Trainer, ready to train; see `train`, and the Trainer for the keywords."""
    processes = join_processes()
    _check(model, settings, processes)
    if mixture.replayed and settings.data_workers:
        raise ConfigError(
            f"training.data_workers: {settings.data_workers} processes would draw without the losses that "
            "mixture.replay goes by; set it to 0"
        )
    rate = settings.learning_rate or default_learning_rate(num_body_parameters(model))
    arguments = _arguments(settings, folder, seed, rate)
    torch.set_num_threads(settings.threads)
    keep_freed_memory()
    trained = copy.deepcopy(model) if is_sharded() else model  # sharding changes a model for good
    trainer = KgptTrainer(
        model=StepLoss(trained, balanced(objectives, model), processes),
        settings=settings,
        learning_rate=rate,
        tally=_tally(start, processes),
        first_step=checkpoint.steps_of(start) if start else 0,
        args=arguments,
        train_dataset=StepDataset(mixture, settings.steps, parts=settings.accumulation, processes=processes),
        **keywords,
    )
    _prepare(trained, settings)
    if processes.rank:
        torch.manual_seed(seed + processes.rank)  # else dropout would hide the same places in every process
    return trainer


def balanced(objectives: Sequence[Objective], model: KgptModel) -> list[Objective]:
    """The objectives, and the router's where the model has one that nothing balances yet."""
    named = {one.head for one in objectives}
    if not has_router(model.backbone) or RouterBalance().head in named:
        return list(objectives)
    return [*objectives, RouterBalance(weight=model.config.router_aux_loss_coef)]


class _Bar(ProgressCallback):  # type: ignore[misc]
    """The Trainer's bar, with a name and without printing every logged point."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def on_train_begin(self, args: Any, state: Any, control: Any, **keywords: Any) -> None:
        super().on_train_begin(args, state, control, **keywords)
        if self.training_bar is not None:
            self.training_bar.set_description(self._what)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **keywords: Any) -> None:
        del args, state, control, keywords
        if self.training_bar is not None and logs and "loss" in logs:
            self.training_bar.set_postfix(loss=f"{logs['loss']:.3f}")


def _show(trainer: KgptTrainer, what: str) -> None:
    """A bar called `what` (none where it is empty), and event files beside the checkpoints."""
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    if what and not is_quiet():
        trainer.add_callback(_Bar(what))
    for callback in trainer.callback_handler.callbacks:
        if isinstance(callback, TensorBoardCallback):
            callback.logging_dir = str(Path(trainer.args.output_dir) / TENSORBOARD)


def _check(model: KgptModel, settings: TrainingSettings, processes: Processes) -> None:
    """Refuse what cannot work together.

    Raises:
        ConfigError: see the messages.
    """
    acting = [name for name in model.parts if _acts_between_layers(model.parts[name])]
    if settings.gradient_checkpointing and acting:
        raise ConfigError(
            f"training.gradient_checkpointing: {', '.join(acting)} acts between the layers, which must then not be run "
            "again; set it to false, and raise training.accumulation to save memory"
        )
    if settings.compile and acting:
        raise ConfigError(f"training.compile: {', '.join(acting)} acts between the layers; set it to false")
    if is_sharded() and has_sparse_tables(model):
        raise ConfigError("FSDP cannot shard a sparse entity table: set its sparse to false, or train without FSDP")
    if is_sharded() and settings.optimizer == "adafactor":
        raise ConfigError("training.optimizer: adafactor's factors cannot be sharded by FSDP; take adamw")
    if processes.world > 1 and (mapped := mapped_tables(model)):
        raise ConfigError(
            f"{mapped[0]}: {processes.world} processes would all write this memory-mapped table; train it in one "
            "process, or set memory_map to ''"
        )


def _acts_between_layers(part: torch.nn.Module) -> bool:
    doors = ("before_layer", "after_layer")
    opened = any(getattr(type(part), one) is not getattr(ModelPart, one) for one in doors)
    return isinstance(part, ModelPart) and (part.needs_this_batch or opened)


def _prepare(model: KgptModel, settings: TrainingSettings) -> None:
    """Turn on what changes how the backbone is run, not what it computes."""
    if settings.gradient_checkpointing:  # under its new name, or that of transformers < 5.20
        enable = getattr(model.backbone, "activation_checkpointing_enable", None)
        (enable or model.backbone.gradient_checkpointing_enable)({"use_reentrant": False})
    if settings.compile:
        stack_of(model.backbone).compile(dynamic=True)


@contextmanager
def _deterministic(wanted: bool) -> Iterator[None]:
    """Compiled code may else add in any order."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(before or wanted)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def _tally(start: Path | None, processes: Processes) -> Tally:
    """Counts that go on from a checkpoint's in the first process."""
    if start is None or not processes.is_first:
        return Tally(processes=processes)
    told = read_json(start / checkpoint.TRAINER_STATE)["stateful_callbacks"][Tally.__name__]["args"]
    return Tally(told["tokens"], told["seconds"], told["waited"], processes=processes)


def _arguments(settings: TrainingSettings, folder: Path, seed: int, learning_rate: float) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=settings.steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=settings.accumulation,
        learning_rate=learning_rate,
        lr_scheduler_type=schedule_name(settings),
        lr_scheduler_kwargs=schedule_settings(settings, settings.steps),
        warmup_steps=round(settings.warmup_frac * settings.steps),
        max_grad_norm=settings.max_grad_norm,
        bf16=settings.bf16,
        seed=seed,
        logging_steps=settings.log_every,
        logging_nan_inf_filter=False,
        save_strategy="steps" if settings.checkpoint_every else "no",
        save_steps=max(1, settings.checkpoint_every),
        report_to=settings.loggers,
        remove_unused_columns=False,
        ignore_data_skip=True,  # `StepDataset` begins where the checkpoint ends
        disable_tqdm=is_quiet() or not sys.stderr.isatty(),
        dataloader_pin_memory=False,
        ddp_find_unused_parameters=not is_sharded(),  # a step need not ask every head
        use_cpu=not torch.cuda.is_available(),
        label_names=[],
    )
