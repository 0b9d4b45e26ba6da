"""Files and folders that appear whole or not at all, whatever happens while they are written."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kgpt.errors import StoreError
from kgpt.locking import locked

MIN_FREE_BYTES = 64 * 2**20
PARTIAL_SUFFIX = ".partial"


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with atomic_file(path) as file:
        file.write(content)


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears at `path` when the block ends well, and leaves nothing behind when it does not.

    A device or pipe (`/dev/null`, `/dev/stdout`) is written into as it is; a file in its place would take it away.

    Raises:
        StoreError: the disk is full or refuses.
    """
    partial = _beside(path, f".{os.getpid()}{PARTIAL_SUFFIX}")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            with path.open("wb") as file:
                yield file
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # the folder may be no folder: the error above says so
            partial.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path, *, mark: str = "") -> Iterator[Path]:
    """A folder to fill, which takes the place of `path` when the block ends well.

    Args:
        path: where the folder appears.
        mark: a file that a folder of this kind holds; one without it that is not empty is somebody else's, and stays.

    Raises:
        StoreError: the disk is full or refuses, or somebody else's folder lies there.
        RunLockedError: another process is filling this folder.
    """
    if mark and path.exists() and not (path / mark).is_file() and not (path.is_dir() and not any(path.iterdir())):
        raise StoreError(f"{path}: holds something else (no {mark}) and is not replaced; choose another name")
    partial, lock = _beside(path, PARTIAL_SUFFIX), _beside(path, f"{PARTIAL_SUFFIX}.lock")
    try:
        with locked(lock, told=f"{path}: another kgpt writes it; wait, or choose another name", is_kept=False):
            shutil.rmtree(partial, ignore_errors=True)
            try:
                partial.mkdir()
                require_space(partial)
                yield partial
                publish_folder(partial, path)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error


def publish_folder(partial: Path, path: Path) -> None:
    """Flush every file of `partial` to disk, then rename the folder to `path`, in the place of an older one."""
    for file in partial.rglob("*"):
        if file.is_file():
            _sync(file)
    path = path.absolute()
    old = _beside(path, ".old")
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    try:
        partial.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    _sync_folder(path.parent)
    shutil.rmtree(old, ignore_errors=True)


def require_space(folder: Path, *, num_bytes: int = MIN_FREE_BYTES) -> None:
    """Check that the disk under `folder` has `num_bytes` left.

    Raises:
        StoreError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < num_bytes:
        raise StoreError(f"{folder}: {free:,} bytes free on the disk, {num_bytes:,} needed; make room")


def _beside(path: Path, suffix: str) -> Path:
    """`path` with something added to its name; `.` has a name, too, once it is absolute."""
    path = path.absolute()
    return path.with_name(path.name + suffix)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    _sync(path)
