"""A stage: a folder that appears whole, with a manifest, and is not made again while its fingerprint stands."""

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kgpt.atomic import atomic_folder
from kgpt.errors import ConfigError, DataError, StoreError
from kgpt.manifest import (
    MANIFEST_NAME,
    Manifest,
    Marks,
    check_files,
    file_marks,
    read_manifest,
    stage_fingerprint,
    versions,
)
from kgpt.progress import say


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What a stage's work reports for its manifest."""

    num_in: int = 0
    num_out: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A stage about to run.

    Args:
        name: for people.
        folder: where its output lies.
        inputs: name to hash of everything that goes in.
        config: the settings that decide its output.
    """

    name: str
    folder: Path
    inputs: Mapping[str, str]
    config: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """Decides whether the stage must run."""
        return stage_fingerprint(self.name, inputs=self.inputs, config=self.config)

    @property
    def shards(self) -> Path:
        """Where finished shards wait until the stage is whole: a killed run goes on with those that are missing."""
        return self.folder.absolute().with_name(f".{self.folder.name}.shards") / self.fingerprint

    def finished(self) -> Manifest | None:
        """The manifest of an earlier run that still stands, or None.

        Raises:
            StoreError: it stands, but one of its files is missing or of another size.
        """
        try:
            manifest = read_manifest(self.folder)
        except StoreError:
            return None
        if manifest is None or manifest.fingerprint != self.fingerprint:
            return None
        check_files(self.folder, manifest)
        return manifest

    def run(self, work: Callable[[Path], Counts], *, started: float | None = None) -> Manifest:
        """Do the work into a new folder, unless an earlier run still stands.

        Args:
            work: fills the folder.
            started: `time.monotonic()` when the work began, where part of it was done before.
        """
        if (manifest := self.finished()) is not None:
            say(f"{self.name}: stands")
            return manifest
        self._require_own_folder()
        with atomic_folder(self.folder, mark=MANIFEST_NAME) as partial:
            started = time.monotonic() if started is None else started
            self._clear_shards(but=self.fingerprint)
            try:
                counts = work(partial)
            except (ConfigError, DataError):  # what went in must change, and so the fingerprint
                self._clear_shards()
                raise
            manifest = self.manifest(counts, time.monotonic() - started, file_marks(partial))
            manifest.write(partial)
        self._clear_shards()
        say(f"{self.name}: {describe(manifest)}")
        return manifest

    def _require_own_folder(self) -> None:
        """Refuse to take the place of what another stage made.

        Raises:
            ConfigError: its manifest lies there.
        """
        with suppress(StoreError):  # a damaged manifest is nobody's
            found = read_manifest(self.folder)
            if found is not None and found.stage != self.name:
                raise ConfigError(
                    f"{self.folder}: holds what the stage {found.stage!r} made and is not replaced by {self.name!r}; "
                    "choose another name"
                )

    def _clear_shards(self, *, but: str = "") -> None:
        """Remove waiting shards, those of the fingerprint `but` excepted."""
        folder = self.shards.parent
        for other in folder.iterdir() if folder.is_dir() else ():
            if other.name != but:
                shutil.rmtree(other, ignore_errors=True)
        with suppress(OSError):  # it stays while it holds any
            folder.rmdir()

    def manifest(self, counts: Counts, seconds: float, files: Marks | None = None) -> Manifest:
        """The manifest of work just done."""
        return Manifest(
            stage=self.name,
            fingerprint=self.fingerprint,
            inputs=self.inputs,
            config=self.config,
            versions=versions(),
            num_in=counts.num_in,
            num_out=counts.num_out,
            dropped=dict(counts.dropped),
            figures=dict(counts.figures),
            seconds=round(seconds, 3),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=files or {},
        )


def describe(manifest: Manifest) -> str:
    """One line for the log: how much came in and out, what was dropped, how long it took."""
    dropped = ", ".join(f"{count:,} {reason}" for reason, count in manifest.dropped.items() if count)
    left_out = f" (left out: {dropped})" if dropped else ""
    return f"{manifest.num_in:,} -> {manifest.num_out:,}{left_out}, {manifest.seconds:.1f} s"
