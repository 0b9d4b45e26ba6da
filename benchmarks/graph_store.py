"""The graph store beside its peers: N-Triples to a store, stores of growing size opened, neighbours sampled.

`KGPT_BENCH_TRIPLES` sets the size of the first part (1,000,000).
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ingesting import CONTESTANTS
from benchmarks.synthetic import blocks, write_ntriples
from benchmarks.timing import rates, rows
from kgpt.kg import KnowledgeGraph, open_graph_store
from kgpt.kg.base import neighbor_samplers
from kgpt.kg.networkx import to_networkx
from kgpt.kg.store import build_store

SIZES = (10**5, 10**6, 10**7)
_NUM_STARTS, _NUM_DRAWN = 1000, 16


def run() -> list[list[str]]:
    """Rows of all three parts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_ingested(folder), *_opened(folder), *_sampled(open_graph_store(folder / f"store-{SIZES[0]}"))]


def _ingested(folder: Path) -> list[list[str]]:
    path = folder / "graph.nt"
    num_lines = write_ntriples(path, num_triples=int(os.environ.get("KGPT_BENCH_TRIPLES", "1000000")))
    measured, peaks = {}, {}
    for name in CONTESTANTS:
        with tempfile.TemporaryDirectory(dir=folder) as room:
            command = [sys.executable, "-m", "benchmarks.ingesting", name, str(path), room]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        measured[name], peaks[name] = num_lines / float(told[0]), float(told[1])
    found = rows(measured, unit="statements/s")
    return [[f"{row[0]} ({peaks[row[0]]:,.0f} MB peak)", *row[1:]] for row in found]


def _opened(folder: Path) -> list[list[str]]:
    found = []
    for size in SIZES:
        store = folder / f"store-{size}"
        build_store(blocks(num_triples=size), store)
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            open_graph_store(store)
            times.append(time.perf_counter() - begun)
        found.append((size, float(np.median(times))))
    return [[f"store of {size:,} edges opened", f"{1e3 * s:.1f} ms", f"{s / found[0][1]:.2f}"] for size, s in found]


def _sampled(graph: KnowledgeGraph) -> list[list[str]]:
    rng, sampler = np.random.default_rng(0), neighbor_samplers.build({"type": "uniform", "max_neighbors": _NUM_DRAWN})
    starts, other = rng.integers(graph.num_entities, size=_NUM_STARTS), to_networkx(graph)
    names, draw = list(graph.entities.ids), random.Random(0)

    def with_networkx() -> float:
        count = 0
        for start in starts.tolist():
            near = [*other.successors(names[start]), *other.predecessors(names[start])]
            count += len([draw.choice(near) for _ in range(_NUM_DRAWN)]) if near else 0
        return count

    def with_kgpt() -> float:
        return sum(int((sampler.sample(graph, starts, rng).rows >= 0).sum()) for _ in range(20))

    contestants = {"networkx, random.choice of neighbours": with_networkx} | _with_pyg(graph, starts)
    return rows(rates(contestants | {"kgpt, uniform sampler": with_kgpt}), unit="neighbours/s")


def _with_pyg(graph: KnowledgeGraph, starts: NDArray[np.int64]) -> dict[str, Callable[[], float]]:
    import torch
    from torch_geometric.loader import NeighborLoader

    from kgpt.kg.pyg import to_pyg

    try:
        loader = NeighborLoader(
            to_pyg(graph), [_NUM_DRAWN], input_nodes=torch.as_tensor(starts), batch_size=_NUM_STARTS
        )
        next(iter(loader))
    except ImportError as error:
        print(f"PyG's NeighborLoader is left out: {error}", file=sys.stderr)
        return {}

    def sample() -> float:
        return float(sum(batch.edge_index.shape[1] for batch in loader))

    return {"PyG NeighborLoader": sample}
