"""What a training step reads and what it minimises.

A step's sequences are dealt to the processes, and inside a process to the parts of an accumulated step; any part of any
step is a function of (seed, step, part), so data need not be replayed to go on. Shapes: B sequences, S nodes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Sampler

from kgpt.errors import ConfigError
from kgpt.model import KgptModel
from kgpt.objectives import Objective, combine, expert_load, row_losses
from kgpt.sequences import Batch
from kgpt.sequences.sequence import NO_TARGET
from kgpt.sequences.steps import Steps
from kgpt.training.optimizer import sparse_tables
from kgpt.training.processes import ALONE, Processes
from kgpt.wkgraph import NodeKind

_KIND = {"word": NodeKind.WORD, "entity": NodeKind.ENTITY, "relation": NodeKind.RELATION}


class StepDataset(Dataset[tuple[Batch, ...]]):
    """The mixture's steps as a map-style dataset: item `step * parts + part` is what this process then reads.

    Args:
        mixture: of all streams.
        num_steps: optimiser steps.
        parts: of a step, read one after the other.
        processes: that share every part.
    """

    def __init__(self, mixture: Steps, num_steps: int, *, parts: int = 1, processes: Processes = ALONE) -> None:
        self.mixture, self.num_steps, self.parts, self.processes = mixture, num_steps, parts, processes
        most, shares = mixture.most_sequences, parts * processes.world
        if most < shares:
            raise ConfigError(
                f"training.tokens_per_step: {mixture.tokens_per_step} gives steps of {most} sequences, which cannot be "
                f"dealt to {processes.world} processes x {parts} parts; raise it, or lower training.accumulation"
            )

    def __len__(self) -> int:
        return self.num_steps * self.parts

    def __getitem__(self, index: int) -> tuple[Batch, ...]:
        step, part = divmod(index, self.parts)
        share = self.processes.rank + self.processes.world * part
        return self.mixture.batches(step, rank=share, world=self.processes.world * self.parts)


class From(Sampler[int]):
    """Indices in order from the first that is not trained on yet; its length is that of all."""

    def __init__(self, first: int, length: int) -> None:
        self.first, self.length = first, length

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.length))


def step_loader(dataset: StepDataset, *, first_step: int, num_workers: int) -> DataLoader[Any]:
    """The steps from `first_step` on, made ahead by `num_workers` processes; torch's random state stays untouched."""
    return DataLoader(
        dataset,
        batch_size=None,
        sampler=From(first_step * dataset.parts, len(dataset)),
        num_workers=num_workers,
        collate_fn=_keyed,
        generator=torch.Generator(),
    )


def _keyed(batches: Any) -> dict[str, Any]:
    """The Trainer takes mappings."""
    return {"batches": batches}


@dataclass(frozen=True, slots=True)
class Counting:
    """How the losses are divided.

    Args:
        processes: that read the same step; each divides by the mean count of all.
        counts: of every objective in all parts of the step, where it is read in several; None counts what is read.
    """

    processes: Processes = ALONE
    counts: list[float] | None = None

    def __call__(self, counts: list[float]) -> list[float]:
        """What to divide the objectives' sums by."""
        return self.processes.mean(counts if self.counts is None else self.counts)


class StepLoss(nn.Module):
    """The model and its objectives as one module, so that what wraps it (DDP, FSDP) sees all that a loss depends on.

    Args:
        model: what is trained.
        objectives: what is minimised.
        processes: that train together.
    """

    def __init__(self, model: KgptModel, objectives: Sequence[Objective], processes: Processes = ALONE) -> None:
        super().__init__()
        self.model, self.objectives, self.processes = model, objectives, processes

    @property
    def config(self) -> Any:
        """The backbone's."""
        return self.model.config

    @property
    def _no_split_modules(self) -> Any:
        """The names of the backbone's blocks, which FSDP wraps one by one."""
        return self.model.backbone._no_split_modules

    def forward(
        self, batches: tuple[Batch, ...], counts: list[float] | None = None, replayed: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """The weighted total, every objective's mean, the experts' load where there are any, single rows' losses.

        Args:
            batches: what is read.
            counts: see `Counting`.
            replayed: the places of the batches whose rows' losses are wanted.
        """
        outputs = self.model(batches)
        with torch.autocast(batches[0].ids.device.type, enabled=False):
            combined = combine(self.objectives, outputs, mean_counts=Counting(self.processes, counts))
        rows = [row_losses(outputs[place], len(batches[place].ids)) for place in replayed]
        load = expert_load(outputs)
        return {"total": self._anchored(combined.total), "means": combined.means, "load": load, "rows": rows}

    @torch.no_grad()
    def count(self, batches: tuple[Batch, ...]) -> list[float]:
        """How much each objective asks of `batches`: told by their targets, or by a pass without gradients."""
        known = [num_asked(one.head, batches) for one in self.objectives]
        if None not in known:
            return [float(one or 0) for one in known]
        outputs = self.model(batches)
        return [float(one.loss(outputs)[1]) for one in self.objectives]

    def _anchored(self, total: torch.Tensor) -> torch.Tensor:
        """The same total, with a gradient where nothing is asked, and for every sparse table.

        gloo reduces a sparse table's gradient in every step, so each process must have one.
        """
        if not total.requires_grad:
            total = total + 0.0 * self.model.words.weight.sum()
        if self.processes.world > 1:
            for module in self.model.modules():
                if isinstance(module, nn.Embedding) and module.sparse:
                    total = total + 0.0 * module(torch.zeros(1, dtype=torch.long, device=total.device)).sum()
        return total


def num_asked(head: str, batches: Sequence[Batch]) -> int | None:
    """How many targets of `head` the batches have, as far as their fields tell; None for heads of other parts."""
    if head == "router":
        return len(batches)
    if head == "decoder":
        return sum(int((b.decoder_targets != NO_TARGET).sum()) for b in batches if b.decoder_targets is not None)
    if head not in _KIND:
        return None
    asked = (b for b in batches if b.decoder_targets is None)
    return sum(int(((b.targets != NO_TARGET) & (b.kinds == _KIND[head])).sum()) for b in asked)


def has_sparse_tables(model: nn.Module) -> bool:
    """Whether an entity table's gradients are sparse."""
    return any(True for _ in sparse_tables(model))
