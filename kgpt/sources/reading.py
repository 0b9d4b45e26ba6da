"""What a source's reader gives, one kind of records of it; what it leaves out is told on stderr."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from kgpt.records import Dropped

Kept = TypeVar("Kept")


def kept(items: Iterable[object], kind: type[Kept], source: str) -> Iterator[Kept]:
    """The records of a kind; once all are read, how many were left out and why."""
    from kgpt.progress import say

    left_out: Counter[str] = Counter()
    for item in items:
        if isinstance(item, kind):
            yield item
        elif isinstance(item, Dropped):
            left_out[item.reason] += 1
    if left_out:
        say(f"{source}: left out: " + ", ".join(f"{count:,} {reason}" for reason, count in left_out.most_common()))
