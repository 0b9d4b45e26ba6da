"""Training on transformers' Trainer, with kgpt's batches, losses and crash-safe checkpoints.

Enters: a model, a mixture, objectives, settings, a folder for checkpoints. Leaves: the trained model and its learning
curve. Exact resume: the mixture gives any step's batches from (seed, step) alone, torch's random state is in the
checkpoint, the thread count is pinned; so a run killed and gone on with ends in the same bits (on CPU).
"""

import shutil
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from torch.utils.data import Dataset, SequentialSampler
from transformers import ProgressCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import ExportableState, PrinterCallback

from kgpt.errors import StoreError
from kgpt.io import read_json
from kgpt.model import KgptModel
from kgpt.objectives import Objective, combine
from kgpt.progress import is_quiet, say
from kgpt.sequences import Batch, Mixture
from kgpt.training import checkpoint
from kgpt.training.allocator import keep_freed_memory
from kgpt.training.settings import TrainingSettings

_WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a training run did.

    Args:
        curve: points of the learning curve: `step`, `loss`, each objective, `learning_rate`.
        tokens: nodes read and words written in all.
        seconds: wall-clock time of all parts of the run, resumed ones included.
        flops: estimate, 6 x parameters x tokens (Kaplan et al., 2020), embeddings left out.
    """

    curve: list[dict[str, float]]
    tokens: int
    seconds: float
    flops: float


class StepDataset(Dataset[tuple[Batch, ...]]):
    """The mixture's steps as a map-style dataset: item t is everything that step t reads."""

    def __init__(self, mixture: Mixture, num_steps: int) -> None:
        self.mixture, self.num_steps = mixture, num_steps

    def __len__(self) -> int:
        return self.num_steps

    def __getitem__(self, step: int) -> tuple[Batch, ...]:
        return self.mixture.batches(step)


class Tally(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Tokens and seconds so far; part of every checkpoint."""

    def __init__(self, tokens: int = 0, seconds: float = 0.0) -> None:
        self.tokens, self.seconds = tokens, seconds
        self._since: float | None = None

    def count(self, batches: Sequence[Batch]) -> None:
        """Take one step's batches into account."""
        now = time.monotonic()
        self.seconds += 0.0 if self._since is None else now - self._since
        self._since = now
        self.tokens += sum(batch.num_tokens for batch in batches)

    def state(self) -> dict[str, Any]:
        """What the checkpoint keeps."""
        return {"args": {"tokens": self.tokens, "seconds": self.seconds}, "attributes": {}}


class KgptTrainer(Trainer):  # type: ignore[misc]
    """transformers' Trainer over `StepDataset`; a step is one item, its loss the combined objectives."""

    def __init__(self, *, model: KgptModel, objectives: Sequence[Objective], tally: Tally, **keywords: Any) -> None:
        super().__init__(model=model, callbacks=[tally], **keywords)
        self.objectives, self.tally = objectives, tally
        self._means: dict[str, list[float]] = {}
        self._partial: Path | None = None

    def compute_loss(
        self,
        model: Any,
        inputs: Mapping[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The combined loss of one step."""
        del num_items_in_batch
        batches: tuple[Batch, ...] = inputs["batches"]
        self.tally.count(batches)
        outputs = model(batches)
        combined = combine(self.objectives, outputs)
        for name, mean in combined.means.items():
            self._means.setdefault(name, []).append(mean)
        return (combined.total, {}) if return_outputs else combined.total

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add every objective's mean since the last point."""
        if "loss" in logs:
            logs |= {name: sum(means) / len(means) for name, means in self._means.items()}
            self._means = {}
        super().log(logs, start_time)

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Let the Trainer write into a partial folder, then seal and rename it."""
        target = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        self._partial = checkpoint.partial_of(target)
        shutil.rmtree(self._partial, ignore_errors=True)
        try:
            super()._save_checkpoint(model, trial)
            if self.args.should_save:
                checkpoint.publish(self._partial / target.name, target)
                checkpoint.remove_others(target.parent, target)
        except (
            OSError,
            RuntimeError,
            SafetensorError,
        ) as error:  # torch and safetensors have their own for a full disk
            raise StoreError(f"{target}: cannot be written: {' '.join(str(error).split())}") from error
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)
            self._partial = None

    def _get_output_dir(self, trial: Any) -> str:
        del trial
        return str(self._partial or self.args.output_dir)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        del state_dict
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_model(self.model, str(folder / _WEIGHTS))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_model(model or self.model, str(Path(resume_from_checkpoint) / _WEIGHTS))


def train(
    model: KgptModel,
    mixture: Mixture,
    objectives: Sequence[Objective],
    settings: TrainingSettings,
    *,
    folder: Path,
    seed: int,
    what: str = "training",
) -> TrainingResult:
    """Train `model` in place, going on from the newest whole checkpoint in `folder`.

    Args:
        model: changed.
        mixture: what every step reads.
        objectives: what is minimised.
        settings: budget and optimiser.
        folder: for checkpoints.
        seed: of dropout; the mixture has its own.
        what: named in the progress bar.
    """
    torch.set_num_threads(settings.threads)
    keep_freed_memory()
    start = checkpoint.newest_checkpoint(folder)
    tally = Tally(**_tallied(start)) if start else Tally()
    trainer = KgptTrainer(
        model=model,
        objectives=objectives,
        tally=tally,
        args=_arguments(settings, folder, seed),
        train_dataset=StepDataset(mixture, settings.steps),
        data_collator=_first,
    )
    trainer.remove_callback(PrinterCallback)
    if not is_quiet():
        trainer.remove_callback(ProgressCallback)
        trainer.add_callback(_Bar(what))
    if start is not None:
        say(f"{what}: going on from {start.name} of {settings.steps} steps")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*pin_memory.*")
        trainer.train(resume_from_checkpoint=str(start) if start else None)
    curve = [row for row in trainer.state.log_history if "loss" in row]
    return TrainingResult(curve, tally.tokens, tally.seconds, 6.0 * _num_body_parameters(model) * tally.tokens)


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


def _tallied(start: Path) -> dict[str, Any]:
    """What was counted up to a checkpoint."""
    told: dict[str, Any] = read_json(start / "trainer_state.json")["stateful_callbacks"][Tally.__name__]["args"]
    return told


def _first(items: list[tuple[Batch, ...]]) -> dict[str, Any]:
    return {"batches": items[0]}


def _arguments(settings: TrainingSettings, folder: Path, seed: int) -> TrainingArguments:
    saving = "steps" if settings.checkpoint_every else "no"
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=settings.steps,
        per_device_train_batch_size=1,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=round(settings.warmup_frac * settings.steps),
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        adam_beta2=0.98,
        optim="adamw_torch_fused",
        bf16=settings.bf16,
        seed=seed,
        logging_steps=settings.log_every,
        logging_nan_inf_filter=False,
        save_strategy=saving,
        save_steps=max(1, settings.checkpoint_every),
        report_to=settings.report_to,
        remove_unused_columns=False,
        disable_tqdm=is_quiet() or not sys.stderr.isatty(),
        dataloader_pin_memory=False,
        use_cpu=not torch.cuda.is_available(),
        label_names=[],
    )


def _num_body_parameters(model: KgptModel) -> int:
    tables = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    return sum(parameter.numel() for parameter in model.parameters() if id(parameter) not in tables)
