"""A step of an entity table by its number of rows: row-wise Adagrad on sparse gradients against dense AdamW.

4,096 rows of width 128 are read a step, forward, backward and update. The table of the last line lies in a file.
"""

import tempfile
import time
from pathlib import Path

import torch

from kgpt.model.entity_vectors import EntityTable
from kgpt.training import TrainingSettings
from kgpt.training.optimizer import build_optimizer

NUM_ROWS = (10_000, 1_000_000, 10_000_000)
WIDTH, TOUCHED, NUM_STEPS = 128, 4_096, 24
LARGEST_DENSE = 1_000_000


def run() -> list[list[str]]:
    """Milliseconds a step."""
    torch.set_num_threads(1)  # the operations are small: waiting for a second thread would be most of them
    measured = {f"row-wise, {rows:,} rows": seconds_a_step(rows, sparse=True) for rows in NUM_ROWS}
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "rows.f32")
        measured["row-wise, 1,000,000 rows in a file"] = seconds_a_step(1_000_000, sparse=True, memory_map=file)
    for rows in (one for one in NUM_ROWS if one <= LARGEST_DENSE):
        measured[f"dense AdamW, {rows:,} rows"] = seconds_a_step(rows, sparse=False)
    first = next(iter(measured.values()))
    return [[name, f"{1e3 * one:.2f} ms", f"{one / first:.2f}"] for name, one in measured.items()]


def seconds_a_step(num_rows: int, *, sparse: bool, memory_map: str = "") -> float:
    """The median step."""
    table = EntityTable(num_entities=num_rows, size=WIDTH, sparse=sparse, memory_map=memory_map)
    optimizer = build_optimizer(table, TrainingSettings(), 1e-3)
    words = torch.nn.Embedding(1, WIDTH)
    _touch(table)
    taken = []
    for step in range(NUM_STEPS):
        numbers = torch.randint(num_rows, (TOUCHED,), generator=torch.Generator().manual_seed(step))
        started = time.perf_counter()
        table(numbers, words).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        taken.append(time.perf_counter() - started)
    return sorted(taken[2:])[len(taken[2:]) // 2]


def _touch(table: EntityTable) -> None:
    """Write every row of a file once: its pages come into being at the first touch, which is no part of a step."""
    with torch.no_grad():
        table.rows.weight.normal_(std=0.02)
