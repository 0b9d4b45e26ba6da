"""FSDP2: weights, gradients and optimiser state spread over the processes; states gathered whole for checkpoints."""

import os
from typing import Any

import torch
from accelerate.utils import DistributedType, FullyShardedDataParallelPlugin
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_optimizer_state_dict,
)


def is_sharded() -> bool:
    """Whether FSDP spreads the model over the processes (`accelerate launch` with configs/launch/fsdp.yaml says so)."""
    return os.environ.get("ACCELERATE_USE_FSDP", "false").lower() == "true"


def shard_on_cpu(accelerator: Any) -> None:
    """Turn FSDP on where Accelerate leaves it out: on CPUs, which is for tests (it knows GPUs alone)."""
    state = accelerator.state
    if is_sharded() and state.distributed_type == DistributedType.MULTI_CPU:
        state.distributed_type = DistributedType.FSDP
        state.fsdp_plugin = FullyShardedDataParallelPlugin()


def whole_model_state(model: Any) -> dict[str, torch.Tensor]:
    """The state dict of a sharded model; every process must ask, the first gets it."""
    found: dict[str, Any] = get_model_state_dict(model, options=_whole())
    return found


def whole_optimizer_state(model: Any, optimizer: Any) -> dict[str, Any]:
    """The state of a sharded optimiser by the weights' names; every process must ask, the first gets it."""
    found: dict[str, Any] = get_optimizer_state_dict(model, optimizer, options=_whole())
    return found


def set_whole_optimizer_state(model: Any, optimizer: Any, state: dict[str, Any]) -> None:
    """Give every process its part of what `whole_optimizer_state` gave."""
    set_optimizer_state_dict(model, optimizer, state, options=StateDictOptions(full_state_dict=True))


def _whole() -> StateDictOptions:
    return StateDictOptions(full_state_dict=True, cpu_offload=True)
