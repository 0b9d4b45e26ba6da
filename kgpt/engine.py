"""Work on shards: on processes of this machine, or on a Ray cluster, with the same results.

A shard is a range of whole lines of a JSON Lines file. A task turns one shard into one output file and counts; it is a
picklable callable that opens what it needs by path. Outputs appear whole, each with its counts beside it, so a stage
that was killed goes on with the shards that are missing; they are joined in the order of the shards, so neither the
number of workers nor the engine changes a byte.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from kgpt.atomic import atomic_file
from kgpt.errors import ConfigError, StoreError
from kgpt.io import read_json, write_json
from kgpt.progress import is_quiet, track
from kgpt.registry import Registry

SHARD_LINES = 1000
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Shard:
    """Whole lines of a file.

    Args:
        number: its place among the shards.
        path: the file.
        start: first byte.
        stop: one past the last byte.
    """

    number: int
    path: Path
    start: int
    stop: int

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """The lines, each with its place for error messages."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            place = self.start
            while place < self.stop:
                line = file.readline()
                yield f"{self.path}, byte {place:,}", line
                place += len(line)


Counts = Mapping[str, int]
Task = Callable[[Shard, Path], Counts]
"""Writes what it makes of a shard to a path, whole or not at all, and gives counts that add up over shards."""


class Engine(Protocol):
    """Where tasks run."""

    def map(self, work: Callable[[Shard], Counts], shards: Sequence[Shard]) -> Iterator[Counts]:
        """What `work` gives for each shard, in order."""


engines: Registry[Engine] = Registry("engine")


@engines.register("processes")
@dataclass(frozen=True, kw_only=True, slots=True)
class Processes:
    """Worker processes of this machine; a single shard, or a single worker, needs none.

    Args:
        num_workers: how many; 0 for one a core.
    """

    num_workers: int = 0

    def map(self, work: Callable[[Shard], Counts], shards: Sequence[Shard]) -> Iterator[Counts]:
        """What `work` gives for each shard, in order."""
        num_workers = min(self.num_workers or os.cpu_count() or 1, len(shards))
        if num_workers <= 1:
            yield from map(work, shards)
            return
        with ProcessPoolExecutor(num_workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(work, shards)


@engines.register("ray")
@dataclass(frozen=True, kw_only=True, slots=True)
class Ray:
    """A Ray cluster (the extra `kgpt[ray]`); its machines must see the run's folder under the same path.

    Args:
        address: of the cluster; empty for one that starts on this machine and ends with the stage.
        num_workers: tasks at once; 0 for as many as the cluster has cores.
    """

    address: str = ""
    num_workers: int = 0

    def map(self, work: Callable[[Shard], Counts], shards: Sequence[Shard]) -> Iterator[Counts]:
        """What `work` gives for each shard, in order.

        Raises:
            ConfigError: Ray is not installed.
        """
        try:
            import ray
        except ImportError as error:
            raise ConfigError("engine: ray is not installed; install kgpt[ray], or set engine: processes") from error
        began = not ray.is_initialized()
        if began:
            local: dict[str, Any] = {} if self.address else {"include_dashboard": False}
            ray.init(address=self.address or None, log_to_driver=not is_quiet(), **local)
        try:
            yield from self._results(ray, work, shards)
        finally:
            if began:
                ray.shutdown()

    def _results(self, ray: Any, work: Callable[[Shard], Counts], shards: Sequence[Shard]) -> Iterator[Counts]:
        remote = ray.remote(work_on)
        at_once = self.num_workers or int(ray.cluster_resources().get("CPU", 1))
        waiting: list[Any] = []
        for shard in shards:
            waiting.append(remote.remote(work, shard))
            if len(waiting) > at_once:
                yield self._told(ray, waiting.pop(0))
        while waiting:
            yield self._told(ray, waiting.pop(0))

    def _told(self, ray: Any, reference: Any) -> Counts:
        try:
            counts: Counts = ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error  # the message of ours, not Ray's page of it
        return counts


def work_on(work: Callable[[Shard], Counts], shard: Shard) -> Counts:
    """One shard's work, as a function that Ray can name."""
    return work(shard)


def cut(path: Path, *, num_lines: int = SHARD_LINES) -> list[Shard]:
    """The lines of `path` as shards of `num_lines`; one empty shard where there are none."""
    edges, place = [0], 0
    with path.open("rb") as file:
        for count, line in enumerate(file, start=1):
            place += len(line)
            if count % num_lines == 0:
                edges.append(place)
    if place > edges[-1] or len(edges) == 1:
        edges.append(place)
    return [Shard(number, path, start, stop) for number, (start, stop) in enumerate(pairwise(edges))]


def run_shards(engine: Engine, task: Task, shards: Sequence[Shard], folder: Path, *, what: str) -> list[Path]:
    """The output of every shard, in order; those that lie in `folder` already are not made again.

    Args:
        engine: where tasks run.
        task: what is done.
        shards: what it is done to.
        folder: where outputs lie until the stage is whole.
        what: names the progress bar.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [shard for shard in shards if not _counts_path(folder, shard).is_file()]
    for _ in track(engine.map(partial(_finish, task, folder), missing), what=what, total=len(missing)):
        pass
    return [_output_path(folder, shard) for shard in shards]


def counts_of(folder: Path) -> Counter[str]:
    """The counts of all shards in a folder, added up."""
    total: Counter[str] = Counter()
    for path in sorted(folder.glob("*.counts.json")):
        total.update(read_json(path))
    return total


def join(parts: Sequence[Path], path: Path) -> None:
    """The parts one after the other as one file, whole or not at all."""
    with atomic_file(path) as out:
        for part in parts:
            with part.open("rb") as file:
                while chunk := file.read(_COPY_BYTES):
                    out.write(chunk)


def _finish(task: Task, folder: Path, shard: Shard) -> Counts:
    counts = task(shard, _output_path(folder, shard))
    if not _output_path(folder, shard).exists():
        raise StoreError(f"{_output_path(folder, shard)}: the task for shard {shard.number} wrote nothing")
    write_json(_counts_path(folder, shard), dict(counts))  # last: it marks the shard as done
    return counts


def _output_path(folder: Path, shard: Shard) -> Path:
    return folder / f"{shard.number:06d}.part"


def _counts_path(folder: Path, shard: Shard) -> Path:
    return folder / f"{shard.number:06d}.counts.json"
