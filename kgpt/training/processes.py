"""Several processes that train one model together: who this one is, and what they tell each other.

`torchrun` and `accelerate launch` start them and set `WORLD_SIZE`, `RANK` and `LOCAL_RANK`; else there is one.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from kgpt.errors import ConfigError

Value = TypeVar("Value")
PATIENCE = timedelta(days=7)
"""How long the others wait for the first process's data stages."""


@dataclass(frozen=True, slots=True)
class Processes:
    """The number of the present process among those that train together.

    Args:
        rank: from 0.
        world: how many there are.
    """

    rank: int = 0
    world: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this one writes."""
        return self.rank == 0

    def mean(self, values: Sequence[float]) -> list[float]:
        """The mean of every value over the processes; `values` itself where there is one."""
        return [one / self.world for one in self.sum(values)]

    def sum(self, values: Sequence[float]) -> list[float]:
        """The sum of every value over the processes."""
        if self.world == 1:
            return list(values)
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        told = torch.tensor(values, dtype=torch.float64, device=device)
        dist.all_reduce(told)
        found: list[float] = told.tolist()
        return found

    def gather(self, value: Any) -> list[Any]:
        """Every process's value, by rank."""
        if self.world == 1:
            return [value]
        found: list[Any] = [None] * self.world
        dist.all_gather_object(found, value)
        return found

    def first(self, work: Callable[[], Value]) -> Value:
        """What `work` gives in the first process, while the others wait for it."""
        if self.world == 1:
            return work()
        told: list[Any] = [work() if self.is_first else None]
        dist.broadcast_object_list(told, src=0)
        found: Value = told[0]
        return found

    def wait(self) -> None:
        """Go on when all are here."""
        if self.world > 1:
            dist.barrier()


ALONE = Processes()
"""A process that trains by itself."""


def join_processes(environment: Mapping[str, str] | None = None) -> Processes:
    """Meet the processes that were started together; alone where there are none.

    Raises:
        ConfigError: the launcher was asked for several processes and started one.
    """
    found = os.environ if environment is None else environment
    check_launch(found)
    if (world := int(found.get("WORLD_SIZE", "1"))) == 1:
        return ALONE
    if not dist.is_initialized():
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backend, timeout=PATIENCE)
    return Processes(int(found["RANK"]), world)


def here() -> Processes:
    """The processes that have met; one where none have."""
    return Processes(dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else ALONE


def leave_processes() -> None:
    """Part in good order."""
    if dist.is_initialized():
        dist.destroy_process_group()


def refuse_several(what: str, environment: Mapping[str, str]) -> None:
    """Refuse to do in several processes what one must do.

    Raises:
        ConfigError: there are several.
    """
    if (world := environment.get("WORLD_SIZE", "1")) != "1":
        raise ConfigError(
            f"{what}: started as {world} processes, but only `kgpt pretrain` shares its work; pretrain every arm so, "
            f"then start {what} once: it goes on from there"
        )


def check_launch(environment: Mapping[str, str]) -> None:
    """Refuse a launch that silently made one process of several.

    `accelerate launch --cpu --num_processes 2` does: it sets where the processes should meet, and starts one.

    Raises:
        ConfigError: see above.
    """
    launched = "ACCELERATE_MIXED_PRECISION" in environment and "MASTER_ADDR" in environment
    if launched and "WORLD_SIZE" not in environment:
        raise ConfigError(
            "accelerate launch was asked for several processes and started one: it does so on CPUs; use "
            "`torchrun --nproc_per_node 2 --no-python kgpt pretrain CONFIG` instead, or --num_processes 1"
        )
