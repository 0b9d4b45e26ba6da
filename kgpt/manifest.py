"""The manifest of a stage: what went in, what came out, what was left out and why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kgpt.errors import KgptError, StoreError
from kgpt.io import fingerprint, read_json, write_json

MANIFEST_NAME = "manifest.json"
_TOLD_PACKAGES = ("numpy", "tokenizers", "torch", "transformers")


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


def stage_fingerprint(stage: str, *, inputs: Mapping[str, str], config: Mapping[str, Any]) -> str:
    """The hash that tells whether a stage must run again: its inputs, its config, the versions."""
    return fingerprint({"stage": stage, "inputs": inputs, "config": config, "versions": versions()})


def versions() -> dict[str, str]:
    """Versions of kgpt and of the packages that decide its numbers."""
    return {name: version(name) for name in ("kgpt", *_TOLD_PACKAGES)}
