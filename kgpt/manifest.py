"""The manifest of a stage: what went in, what came out, what was left out and why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xxhash

from kgpt.errors import KgptError, StoreError
from kgpt.io import fingerprint, read_json, write_json

MANIFEST_NAME = "manifest.json"
_UNMARKED = (MANIFEST_NAME, "README.md")
_CHUNK_BYTES = 2**20
_TOLD_PACKAGES = ("numpy", "tokenizers", "torch", "transformers")


Marks = Mapping[str, Mapping[str, int | str]]
"""`bytes` and `xxh3` of files, by their paths in a folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What `manifest.json` in every stage folder says.

    Args:
        stage: the stage's name.
        fingerprint: of inputs and config; a stage whose fingerprint stands is not run again.
        inputs: name to hash of everything that went in.
        config: the settings it ran with.
        versions: of kgpt and what decides its numbers.
        num_in: records read.
        num_out: records written.
        dropped: records left out, by reason.
        figures: what else was measured, by name.
        seconds: wall-clock time.
        finished_at: ISO 8601, UTC.
        files: size and hash (xxh3, 128 bits) of every file of the stage, by its path in the folder.
    """

    stage: str
    fingerprint: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    num_in: int = 0
    num_out: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    finished_at: str = ""
    files: Marks = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write the manifest into `folder`."""
        write_json(folder / MANIFEST_NAME, asdict(self))


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of `folder`, or None where none lies.

    Raises:
        StoreError: it is there but cannot be read.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        return None
    try:
        return Manifest(**read_json(path))
    except (TypeError, KgptError) as error:
        raise StoreError(f"{path}: not a manifest of kgpt ({error}); delete the folder to make it again") from error


def file_marks(folder: Path) -> dict[str, dict[str, int | str]]:
    """Size and hash of every file below `folder`, but the manifest and the cards, which are written again later."""
    found: dict[str, dict[str, int | str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in _UNMARKED:
            found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "xxh3": _hash(path)}
    return found


def check_files(folder: Path, manifest: Manifest, *, content: bool = False) -> None:
    """See that the files of a stage are as they were written: their sizes, with `content` their hashes, too.

    Raises:
        StoreError: one is missing, of another size, or changed.
    """
    for name, mark in manifest.files.items():
        path = folder / name
        size = path.stat().st_size if path.is_file() else None
        if size == mark["bytes"] and not (content and _hash(path) != mark["xxh3"]):
            continue
        told = "missing" if size is None else f"{size:,} bytes, written with {mark['bytes']:,}"
        if size == mark["bytes"]:
            told = "its content changed since it was written"
        raise StoreError(f"{path}: {told}; delete {folder} to make it again")


def verify_below(folder: Path) -> int:
    """Compare all files of all stages below `folder` with the hashes they were written with; gives how many there are.

    Raises:
        StoreError: one changed, or a manifest cannot be read.
    """
    num_files = 0
    for path in sorted(folder.rglob(MANIFEST_NAME)):
        if (manifest := read_manifest(path.parent)) is not None:
            check_files(path.parent, manifest, content=True)
            num_files += len(manifest.files)
    return num_files


def _hash(path: Path) -> str:
    state = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            state.update(chunk)
    return state.hexdigest()


def stage_fingerprint(stage: str, *, inputs: Mapping[str, str], config: Mapping[str, Any]) -> str:
    """The hash that tells whether a stage must run again: its inputs, its config, the versions."""
    return fingerprint({"stage": stage, "inputs": inputs, "config": config, "versions": versions()})


def versions() -> dict[str, str]:
    """Versions of kgpt and of the packages that decide its numbers."""
    return {name: version(name) for name in ("kgpt", *_TOLD_PACKAGES)}
