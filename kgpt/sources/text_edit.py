"""Changes to a text that move the spans in it along."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

Span = tuple[int, int]
"""`[start, end)` in code points."""


def substitute(
    text: str, spans: Sequence[Span], pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]
) -> tuple[str, list[Span]]:
    """`text` with every match of `pattern` replaced, and where `spans` lie then.

    A span that a match lies in shrinks or grows with it; one that lies in a match comes out empty.

    >>> substitute("a  bc", [(3, 5)], re.compile(" +"), lambda found: " ")
    ('a bc', [(2, 4)])
    """
    pieces: list[str] = []
    starts, ends, shifts = [-1], [-1], [0]
    for found in pattern.finditer(text):
        new = replacement(found)
        pieces += (text[max(ends[-1], 0) : found.start()], new)
        starts.append(found.start())
        ends.append(found.end())
        shifts.append(shifts[-1] + len(new) - (found.end() - found.start()))

    def moved(span: Span) -> Span:
        first = bisect_right(starts, span[0]) - 1
        last = bisect_right(starts, span[1] - 1) - 1
        start = max(span[0], ends[first]) + shifts[first]
        end = starts[last] + shifts[last - 1] if span[1] <= ends[last] else span[1] + shifts[last]
        return start, max(start, end)

    return "".join([*pieces, text[max(ends[-1], 0) :]]), [moved(span) for span in spans]
