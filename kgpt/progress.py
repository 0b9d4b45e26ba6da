"""Progress bars on stderr with rate and remaining time; silent where stderr is no terminal."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
QUIET_VARIABLE = "KGPT_QUIET"


def is_quiet() -> bool:
    """Whether bars are off: `--quiet` was given, or stderr is not a terminal."""
    return bool(os.environ.get(QUIET_VARIABLE)) or not sys.stderr.isatty()


def track(
    items: Iterable[Item], *, what: str, total: int | None = None, size: Callable[[Item], int] | None = None
) -> Iterator[Item]:
    """`items`, with a bar that names `what` is counted; `size` says how many of it an item holds, else 1."""
    from tqdm import tqdm  # a tenth of a second that `kgpt --help` need not wait for

    with tqdm(
        desc=what, total=total, unit="", unit_scale=size is not None, disable=is_quiet(), file=sys.stderr, leave=False
    ) as bar:
        for item in items:
            yield item
            bar.update(1 if size is None else size(item))


def say(message: str) -> None:
    """One line of the log, on stderr, unless `--quiet` was given."""
    if not os.environ.get(QUIET_VARIABLE):
        from tqdm import tqdm

        tqdm.write(message, file=sys.stderr)
