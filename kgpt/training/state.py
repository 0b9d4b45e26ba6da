"""Training state as safetensors and JSON: optimiser, schedule, random generators. Nothing is pickled or unpickled.

Enters and leaves: nested dicts, lists and tuples of tensors and plain values, as `state_dict` gives them.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from kgpt.io import read_json, write_json

_TENSORS, _TREE = "{}.safetensors", "{}.json"
_PLAIN = (type(None), bool, int, float, str)


def save_state(folder: Path, name: str, state: Any) -> None:
    """Write `state` as `NAME.safetensors` (its tensors) and `NAME.json` (all else and where they belong)."""
    tensors: dict[str, torch.Tensor] = {}
    tree = _packed(state, tensors)
    save_file(tensors, folder / _TENSORS.format(name))
    write_json(folder / _TREE.format(name), {"state": tree})


def load_state(folder: Path, name: str) -> Any:
    """What `save_state` wrote, tensors on the CPU.

    Raises:
        DataError: the JSON is missing or none.
        SafetensorError: the tensors are corrupt.
    """
    tree = read_json(folder / _TREE.format(name))["state"]
    with safe_open(folder / _TENSORS.format(name), "pt") as tensors:
        return _unpacked(tree, tensors)


def save_weights(model: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write a state dict; a tensor under several names is written under the first, the others are told beside it."""
    names: dict[tuple[Any, ...], str] = {}
    same: dict[str, str] = {}
    for name, tensor in model.items():
        first = names.setdefault((tensor.data_ptr(), tensor.shape, tensor.stride(), name * (not tensor.numel())), name)
        if first != name:
            same[name] = first
    kept = {name: tensor.contiguous() for name, tensor in model.items() if name not in same}
    save_file(kept, path, metadata={"format": "pt", **same})


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """The state dict that `save_weights` wrote, backed by the file until it is used."""
    with safe_open(path, "pt") as file:
        metadata: Mapping[str, str] = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return tensors | {name: tensors[first] for name, first in metadata.items() if name != "format"}


def random_state() -> dict[str, Any]:
    """The states of the generators of Python, NumPy, torch and its devices."""
    kind, keys, place, has_gauss, cached = np.random.get_state(legacy=True)
    return {
        "python": random.getstate(),
        "numpy": [kind, torch.from_numpy(np.asarray(keys).astype(np.int64)), place, has_gauss, cached],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_state(state: Mapping[str, Any]) -> None:
    """Go on from what `random_state` gave."""
    random.setstate(state["python"])
    kind, keys, place, has_gauss, cached = state["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), place, has_gauss, cached))
    torch.set_rng_state(state["torch"])
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def _packed(value: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """`value` as JSON; every container says what it is, since JSON has no tuples and no keys but strings."""
    if isinstance(value, torch.Tensor):
        name = str(len(tensors))
        tensors[name] = value.detach().cpu().contiguous()
        return {"tensor": name}
    if isinstance(value, Mapping):
        return {"dict": [[_packed(key, tensors), _packed(one, tensors)] for key, one in value.items()]}
    if isinstance(value, tuple | list):
        return {type(value).__name__: [_packed(one, tensors) for one in value]}
    if isinstance(value, np.generic):
        return value.item()
    assert isinstance(value, _PLAIN), f"{type(value).__name__} cannot be part of a checkpoint's state"
    return value


def _unpacked(tree: Any, tensors: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    if kind == "tensor":
        return tensors.get_tensor(content)
    if kind == "dict":
        return {_unpacked(key, tensors): _unpacked(one, tensors) for key, one in content}
    values = [_unpacked(one, tensors) for one in content]
    return tuple(values) if kind == "tuple" else values
