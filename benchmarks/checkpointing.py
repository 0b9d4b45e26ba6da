"""A checkpoint of 34 million weights with AdamW's state: sealed against the Trainer's plain save; then 40 kills.

The plain save is what `transformers.Trainer` does: safetensors and torch.save straight into the folder, nothing flushed
to the disk. kgpt's writes beside, hashes, flushes and renames.
"""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from safetensors.torch import save_file

from kgpt.training.checkpoint import WEIGHTS, newest_checkpoint, remove_old, write_checkpoint
from kgpt.training.state import random_state, save_state, save_weights

NUM_KILLS, ROUNDS = 40, 7
_LAYERS, _WIDTH = 30, 1_024


def run() -> list[list[str]]:
    """Seconds of both saves, and what was found after every kill."""
    weights, optimizer = trained(_LAYERS, _WIDTH)
    with tempfile.TemporaryDirectory() as folder:
        plain, sealed = Path(folder) / "plain", Path(folder) / "sealed"
        ways = {
            "Trainer's save": lambda: save_plainly(plain, weights, optimizer),
            "Trainer's save, flushed": lambda: save_plainly(plain, weights, optimizer, flushed=True),
            "kgpt's save": lambda: save(sealed, 1, weights, optimizer),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken[name].append(_seconds(way))
        seconds = {name: median(found) for name, found in taken.items()}
        first = next(iter(seconds.values()))
        rows = [[name, f"{1e3 * one:,.0f} ms", f"{one / first:.2f}"] for name, one in seconds.items()]
        unusable = num_unusable(Path(folder) / "killed")
    return [*rows, [f"unusable after {NUM_KILLS} kills", str(unusable), ""]]


def trained(layers: int, width: int) -> tuple[dict[str, torch.Tensor], torch.optim.Optimizer]:
    """Weights, and AdamW with its state."""
    stack = torch.nn.Sequential(*(torch.nn.Linear(width, width, bias=False) for _ in range(layers)))
    optimizer = torch.optim.AdamW(stack.parameters(), fused=True)
    for one in stack.parameters():
        one.grad = torch.ones_like(one)
    optimizer.step()
    return stack.state_dict(), optimizer


def save_plainly(
    folder: Path, weights: dict[str, torch.Tensor], optimizer: torch.optim.Optimizer, *, flushed: bool = False
) -> None:
    """As the Trainer does, and flushed to the disk where asked for."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    torch.save(optimizer.state_dict(), folder / "optimizer.pt")
    torch.save({"cpu": torch.get_rng_state()}, folder / "rng_state.pth")
    for path in folder.iterdir() if flushed else ():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def save(folder: Path, steps: int, weights: dict[str, torch.Tensor], optimizer: torch.optim.Optimizer) -> None:
    """As kgpt's training does."""

    def write(partial: Path) -> None:
        save_weights(weights, partial / WEIGHTS)
        state: dict[str, Any] = {"optimizer": optimizer.state_dict(), "random": [random_state()]}
        save_state(partial, "state", state)

    write_checkpoint(folder / f"checkpoint-{steps}", write)
    remove_old(folder)


def save_again(folder: str) -> None:
    """Save one checkpoint after the other until somebody kills the process."""
    weights, optimizer = trained(2, 512)
    found = newest_checkpoint(Path(folder))
    steps = int(found.name.split("-")[1]) if found else 0
    while True:
        steps += 1
        save(Path(folder), steps, weights, optimizer)


def num_unusable(folder: Path) -> int:
    """Kills of a process that saves without end after which no whole checkpoint was there."""
    save(folder, 1, *trained(2, 512))
    rng, lost = random.Random(0), 0
    for _ in range(NUM_KILLS):
        if not (child := os.fork()):
            save_again(str(folder))
        time.sleep(rng.uniform(0.01, 0.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lost += newest_checkpoint(folder) is None
    return lost


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
