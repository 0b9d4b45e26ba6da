"""Names in texts: every place where a name of the index stands, or the longest ones from left to right.

Prefixes are tried level by level over all places of a batch of texts at once, so that the processor waits for many
slots of the table at a time.

Shapes: T tokens, M matches.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.linking.alias_index import AliasIndex, extended, probe
from kgpt.linking.tokenizing import Tokens, code_points, tokenize, tokenize_points


@dataclass(frozen=True, eq=False, slots=True)
class Matches:
    """Names found, in reading order, shorter before longer at one place.

    Args:
        first: first token of each, int64 [M].
        last: one past its last token, int64 [M].
        names: the name's number in the index, int64 [M].
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    names: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    def take(self, kept: NDArray[Any]) -> "Matches":
        """Some of the matches, by number or by mask."""
        return Matches(self.first[kept], self.last[kept], self.names[kept])


def match(tokens: Tokens, index: AliasIndex) -> Matches:
    """All names in a text, overlapping ones too."""
    first, last, names = _match(tokens.keys, index.slots)
    order = np.lexsort((last, first))
    return Matches(first[order], last[order], names[order])


def longest(matches: Matches) -> Matches:
    """The longest name at each place from left to right, none overlapping another before it."""
    return matches.take(_longest(matches.first, matches.last))


def longest_spans(texts: Sequence[str], index: AliasIndex) -> NDArray[np.int64]:
    """The longest names in a batch of texts: number of the text, start and end in code points, [M, 3]."""
    composed = [text if unicodedata.is_normalized("NFC", text) else "" for text in texts]
    edges = np.cumsum([0, *(len(text) + 1 for text in composed)])
    fold_case = bool(index.fold_case[0])
    joined = code_points("\x00".join(composed))  # \x00 is a token that no name holds
    spans = _spans(tokenize_points(joined, fold_case=fold_case), index)
    numbers = np.searchsorted(edges, spans[:, 0], side="right") - 1
    parts = [np.column_stack([numbers, spans - edges[numbers, None]])]
    for number, text in enumerate(texts):
        if text and not composed[number]:  # composing shifts offsets: such texts go one by one
            spans = _spans(tokenize(text, fold_case=fold_case), index)
            parts.append(np.column_stack([np.full(len(spans), number), spans]))
    found = np.concatenate(parts)
    return found[np.argsort(found[:, 0], kind="stable")] if len(parts) > 1 else found


def _spans(tokens: Tokens, index: AliasIndex) -> NDArray[np.int64]:
    found = longest(match(tokens, index))
    return np.stack([tokens.starts[found.first], tokens.stops[found.last - 1]], axis=1)


@compiled
def _match(
    keys: NDArray[np.uint64], slots: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    active, prefixes = np.arange(len(keys)), np.zeros(len(keys), np.uint64)
    room = len(keys) + 16
    first, last, names = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    count, num_active, length = 0, len(keys), 0
    while num_active:
        if count + num_active > room:
            first, last, names = _doubled(first), _doubled(last), _doubled(names)
            room = len(first)
            continue
        going = 0
        for i in range(num_active):
            start = active[i]
            if start + length >= len(keys):
                continue
            prefix = extended(prefixes[i], keys[start + length])
            found = probe(slots, prefix)
            if found < 0:
                continue
            active[going], prefixes[going] = start, prefix
            going += 1
            if found > 0:
                first[count], last[count], names[count] = start, start + length + 1, found - 1
                count += 1
        num_active = going
        length += 1
    return first[:count].copy(), last[:count].copy(), names[:count].copy()


@compiled
def _doubled(values: NDArray[np.int64]) -> NDArray[np.int64]:
    out = np.empty(2 * len(values), np.int64)
    out[: len(values)] = values
    return out


@compiled
def _longest(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    kept = np.empty(len(first), np.int64)
    count, place, i = 0, 0, 0
    while i < len(first):
        best = i
        while i < len(first) and first[i] == first[best]:
            if last[i] > last[best]:
                best = i
            i += 1
        if first[best] >= place:
            kept[count] = best
            count += 1
            place = last[best]
    return kept[:count].copy()
