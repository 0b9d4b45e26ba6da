"""Names that come back shortened: "Bob Nardelli ... Nardelli".

A word that ended the name of a mention before it, and now stands alone, means what that mention meant, unless it is
linked already with more confidence. The word begins in upper case, and no other capitalised word stands beside it but a
function word or a form of address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.linking.tokenizing import UPPER_START, Tokens, among

MIN_BELIEF = 0.3
_SHARE = 0.9
_MIN_CHARS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A mention as tokens `[first, last)`, its entity by number, and how likely that is."""

    first: int
    last: int
    entity: int
    probability: float


def with_repeats(tokens: Tokens, readings: Sequence[Reading], function_words: NDArray[np.uint64]) -> list[Reading]:
    """`readings`, which are in reading order, and those of shortened repeats of their names.

    Args:
        tokens: of the text.
        readings: what is linked.
        function_words: sorted keys of words that are no part of a name.
    """
    names = _last_words(tokens, readings)
    if not names:
        return list(readings)
    owner = np.full(len(tokens), -1)
    for number, reading in enumerate(readings):
        owner[reading.first : reading.last] = number
    kept: list[Reading | None] = list(readings)
    more = []
    alone = _standing_alone(tokens, function_words)
    for token in np.flatnonzero(among(tokens.exact, np.array(sorted(names), np.uint64)) & alone).tolist():
        earlier = [reading for reading in names[int(tokens.exact[token])] if reading.last <= token]
        if not earlier:
            continue
        meant = earlier[-1]
        repeat = Reading(token, token + 1, meant.entity, meant.probability * _SHARE)
        known = kept[owner[token]] if owner[token] >= 0 else None
        if known is None and owner[token] < 0:
            more.append(repeat)
        elif known is not None and known.last - known.first == 1 and known.probability < meant.probability:
            kept[owner[token]] = repeat
    return sorted([reading for reading in kept if reading is not None] + more, key=lambda one: one.first)


def _last_words(tokens: Tokens, readings: Sequence[Reading]) -> dict[int, list[Reading]]:
    """The mentions of two words or more, by the last word of their names."""
    names: dict[int, list[Reading]] = {}
    begins = tokens.flags & UPPER_START != 0
    for reading in readings:
        last = reading.last - 1
        long_enough = tokens.stops[last] - tokens.starts[last] >= _MIN_CHARS
        capitalised = begins[reading.first] and begins[last]
        if last > reading.first and capitalised and long_enough and reading.probability > MIN_BELIEF:
            names.setdefault(int(tokens.exact[last]), []).append(reading)
    return names


def _standing_alone(tokens: Tokens, function_words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which capitalised tokens have no capitalised token right before or after them, function words set aside."""
    begins = (tokens.flags & UPPER_START != 0) & ~among(tokens.keys, function_words)
    close = np.concatenate([[False], tokens.starts[1:] - tokens.stops[:-1] <= 1])
    before = np.concatenate([[False], begins[:-1]]) & close
    after = np.concatenate([begins[1:], [False]]) & np.concatenate([close[1:], [False]])
    return np.asarray(begins & ~before & ~after)
