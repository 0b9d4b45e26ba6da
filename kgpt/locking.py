"""One process at a time in a folder; the lock goes with the process, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kgpt.errors import RunLockedError


@contextmanager
def locked(path: Path, *, told: str, is_kept: bool = True) -> Iterator[None]:
    """Hold the lock file `path` while the block lasts.

    Args:
        path: of the lock; its folder is made.
        told: what to say where another process holds it.
        is_kept: whether the file stays when the block ends.

    Raises:
        RunLockedError: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunLockedError(told) from error
    try:
        yield
    finally:
        if not is_kept:
            path.unlink(missing_ok=True)
        lock.release()
