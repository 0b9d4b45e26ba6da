"""Tokens back to running text, with the place of every token.

English typography only, and by rule: marks stand at their words, brackets and quotes open and close in turn, hyphens
and slashes join. What a rule cannot know (a dash set without blanks) stays apart.
"""

from collections.abc import Sequence

# fmt: off
_LEFT = frozenset({
    ",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "…", "°", "′", "″", "’", "”", "'s", "'S", "’s", "’S", "n't",
    "n’t", "'re", "'ve", "'ll", "'d", "'m", "’re", "’ve", "’ll", "’d", "’m",
})
# fmt: on
"""Tokens that stand at the one before them."""
# fmt: off
_RIGHT = frozenset({
    "(", "[", "{", "$", "£", "€", "#", "“", "‘", "¡", "¿",
})
# fmt: on
"""Tokens that the next one stands at."""
# fmt: off
_JOINING = frozenset({
    "-", "/", "‐", "‑",
})
# fmt: on
_QUOTES = {'"': '"', "``": '"', "''": '"', "'": "'"}
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}


def join_tokens(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text of `tokens` and the span `[start, end)` of each in it.

    A token of blanks alone has an empty span. Quotes of the Penn Treebank become plain ones.

    >>> join_tokens(["Her", "four", "-", "year", "-", "old", "sings", "(", "``", "Fa", "''", ")", "."])[0]
    'Her four-year-old sings ("Fa").'
    """
    marks = [_BRACKETS.get(token, token.strip()) for token in tokens]
    shown = [(index, mark) for index, mark in enumerate(marks) if mark]
    sides = _quote_sides([mark for _, mark in shown])
    spans = [(0, 0)] * len(tokens)
    text = ""
    for place, (index, mark) in enumerate(shown):
        written = '"' if mark in {"``", "''"} else mark
        if place and not _joined(shown[place - 1][1], mark, sides[place - 1], sides[place]):
            text += " "
        spans[index] = (len(text), len(text) + len(written))
        text += written
    return text, spans


def _quote_sides(marks: Sequence[str]) -> list[str]:
    """For each mark whether it is an `open`ing or `close`ing quote, or none."""
    is_open = dict.fromkeys(_QUOTES.values(), False)
    sides = []
    for mark in marks:
        if mark not in _QUOTES:
            sides.append("")
            continue
        kind = _QUOTES[mark]
        is_open[kind] = mark == "``" or (mark != "''" and not is_open[kind])
        sides.append("open" if is_open[kind] else "close")
    return sides


def _joined(left: str, right: str, left_side: str, right_side: str) -> bool:
    """Whether no blank stands between two marks."""
    if right_side:
        return right_side == "close" or left in _RIGHT
    if left_side:
        return left_side == "open" or right in _LEFT
    if right in _LEFT or left in _RIGHT:
        return True
    return (left in _JOINING and right[:1].isalnum()) or (right in _JOINING and left[-1:].isalnum())
