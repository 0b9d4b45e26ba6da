"""One computation at a time, a few in a queue, the others sent away."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock


class CrowdedError(Exception):
    """The queue is full; who comes now is to come again."""


class Desk:
    """Serves one after the other.

    Args:
        max_waiting: who may wait besides the one that is served.
    """

    def __init__(self, *, max_waiting: int = 4) -> None:
        self._places, self._busy = BoundedSemaphore(max_waiting + 1), Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The block runs when those before are done.

        Raises:
            CrowdedError: too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise CrowdedError
        try:
            with self._busy:
                yield
        finally:
            self._places.release()
