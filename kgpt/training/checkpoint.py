"""Checkpoints that are whole or not there: a manifest lists every file, and the folder is renamed when complete.

`transformers.Trainer` writes straight into `checkpoint-N` and picks the newest by name, so a kill while it saves
leaves a checkpoint that cannot be used. Here a folder counts only if its manifest stands and every file's hash fits.
A folder holds `model.safetensors`, `state.safetensors` and `state.json` (optimiser, schedule, random generators of
every process, where the data goes on), `trainer_state.json`, `arguments.json` and `files.json`.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import xxhash
from safetensors import SafetensorError

from kgpt.atomic import PARTIAL_SUFFIX, publish_folder, require_space
from kgpt.errors import DataError, StoreError
from kgpt.io import read_json, write_json

FILES_NAME = "files.json"
WEIGHTS = "model.safetensors"
STATE = "state"
TRAINER_STATE = "trainer_state.json"
ARGUMENTS = "arguments.json"
_NAME = re.compile(r"checkpoint-(\d+)")
_CHUNK_BYTES = 2**20


def write_checkpoint(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside `target`, then seal it and rename it.

    Raises:
        StoreError: the disk is full or refuses; older checkpoints are as they were.
    """
    partial = partial_of(target)
    shutil.rmtree(partial, ignore_errors=True)
    with _told_as_store_error(target):
        try:
            partial.mkdir(parents=True)
            require_space(partial)
            write(partial)
            publish(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def publish(partial: Path, folder: Path) -> None:
    """Seal `partial` with its list of files and rename it to `folder`."""
    files = [file for file in sorted(partial.rglob("*")) if file.is_file()]
    names = [str(one.relative_to(partial)) for one in files]
    with _told_as_store_error(folder), ThreadPoolExecutor(max(1, len(files))) as threads:
        # the disk works on all files while some are hashed
        hashes = dict(zip(names, threads.map(_flushed, files), strict=True))
    write_json(partial / FILES_NAME, hashes)
    publish_folder(partial, folder)


def is_whole(folder: Path) -> bool:
    """Whether every file that the checkpoint was sealed with is there, unchanged."""
    try:
        told = read_json(folder / FILES_NAME)
    except DataError:
        return False
    return all((folder / name).is_file() and _hash(folder / name) == digest for name, digest in told.items())


def newest_checkpoint(folder: Path) -> Path | None:
    """The whole checkpoint with the most steps in `folder`, or None."""
    return next((path for path in _by_steps(folder) if is_whole(path)), None)


def remove_old(folder: Path, *, keep: int = 1) -> None:
    """Remove all but the `keep` checkpoints with the most steps, and what a killed save left."""
    kept = set(_by_steps(folder)[:keep])
    for path in folder.glob("checkpoint-*"):
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)


def steps_of(checkpoint: Path) -> int:
    """The steps trained when it was made."""
    match = _NAME.fullmatch(checkpoint.name)
    assert match is not None
    return int(match[1])


def partial_of(folder: Path) -> Path:
    """Where a checkpoint is written before it is sealed."""
    return folder.with_name(folder.name + PARTIAL_SUFFIX)


def _by_steps(folder: Path) -> list[Path]:
    """The checkpoints, most steps first."""
    named = [path for path in folder.glob("checkpoint-*") if _NAME.fullmatch(path.name)]
    return sorted(named, key=steps_of, reverse=True)


@contextmanager
def _told_as_store_error(target: Path) -> Iterator[None]:
    """A full disk has an error of its own in Python, torch and safetensors."""
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        raise StoreError(
            f"{target}: cannot be written: {' '.join(str(error).split())}; free some space and start again: the "
            "training goes on from the newest whole checkpoint"
        ) from error


def _flushed(path: Path) -> str:
    """Flush a file to the disk; gives its hash."""
    digest = _hash(path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return digest


def _hash(path: Path) -> str:
    """XXH3 of a file, 128 bits: it finds tears and flipped bits at the speed of reading, no forger."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
