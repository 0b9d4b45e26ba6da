"""Checkpoints that are whole or not there: a manifest lists every file, and the folder is renamed when complete.

`transformers.Trainer` writes straight into `checkpoint-N` and picks the newest by name, so a kill while it saves
leaves a checkpoint that cannot be used. Here a folder counts only if its manifest stands and every file's hash fits.
"""

import hashlib
import re
import shutil
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import PARTIAL_SUFFIX, publish_folder, read_json, write_json

FILES_NAME = "files.json"
_NAME = re.compile(r"checkpoint-(\d+)")


def publish(partial: Path, folder: Path) -> None:
    """Seal `partial` with its list of files and rename it to `folder`."""
    hashes = {str(file.relative_to(partial)): _hash(file) for file in sorted(partial.rglob("*")) if file.is_file()}
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
    named = [(int(match[1]), path) for path in folder.glob("checkpoint-*") if (match := _NAME.fullmatch(path.name))]
    return next((path for _, path in sorted(named, reverse=True) if is_whole(path)), None)


def remove_others(folder: Path, keep: Path) -> None:
    """Remove every checkpoint but `keep`, and what a killed save left."""
    for path in folder.glob("checkpoint-*"):
        if path != keep:
            shutil.rmtree(path, ignore_errors=True)


def partial_of(folder: Path) -> Path:
    """Where a checkpoint is written before it is sealed."""
    return folder.with_name(folder.name + PARTIAL_SUFFIX)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
