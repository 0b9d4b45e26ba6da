"""Sketches of shards and the decisions made over all of them, as files of arrays.

A sketch is one file a shard, beside the shard's output. A decision is a folder of arrays that every worker maps into
its memory; it says at which row each shard begins.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.atomic import atomic_file, atomic_folder
from kgpt.corpus.base import Arrays, WholeStep

FIGURE = "figure:"
"""How arrays of a decision begin that hold one number for people."""
_NUM_DOCUMENTS = "num_documents"
_STARTS = "starts"


def sketch_beside(path: Path) -> Path:
    """Where the sketch of the documents in `path` lies."""
    return path.with_suffix(".sketch")


def write_sketch(path: Path, arrays: Arrays, *, num_documents: int) -> None:
    """Keep the sketch of one shard."""
    with atomic_file(path) as file:
        np.savez(file, allow_pickle=False, **{**arrays, _NUM_DOCUMENTS: np.array([num_documents])})


def num_documents_of(path: Path) -> int:
    """How many documents a sketch is of."""
    return int(_array(path, _NUM_DOCUMENTS)[0])


def read_sketches(paths: Sequence[Path]) -> Arrays:
    """The sketches of all shards, array by array, in the order of `paths`."""
    with np.load(paths[0]) as first:
        names = list(first.files)
    return {name: np.concatenate([_array(path, name) for path in paths]) for name in names}


def decide(step: WholeStep, sketches: Sequence[Path], folder: Path) -> dict[str, float]:
    """Make the decision of `step` in `folder`, unless it lies there; gives its figures."""
    if not folder.is_dir():
        arrays = dict(read_sketches(sketches))
        num_documents = arrays.pop(_NUM_DOCUMENTS)
        decision = {**step.decide(arrays), _STARTS: np.cumsum(num_documents) - num_documents}
        with atomic_folder(folder) as partial:
            for name, array in decision.items():
                np.save(partial / f"{name}.npy", array, allow_pickle=False)
    made, _ = open_decision(folder, shard=0)
    return {name.removeprefix(FIGURE): float(array) for name, array in made.items() if name.startswith(FIGURE)}


def open_decision(folder: Path, *, shard: int) -> tuple[Arrays, int]:
    """The decision in `folder`, mapped into memory, and the row at which a shard begins."""
    arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    return arrays, int(arrays[_STARTS][shard])


def _array(path: Path, name: str) -> NDArray[Any]:
    """One array of a sketch; no file stays open, since there may be more shards than may be."""
    with np.load(path) as file:
        found: NDArray[Any] = file[name]
    return found
