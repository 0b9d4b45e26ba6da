"""Texts to tokens as arrays: what names and texts are compared by.

A token is a run of word characters (letters, digits, marks), or one single character elsewhere: punctuation, and every
character of scripts written without blanks. Apostrophes and hyphens stand alone, so that "Berlin's" holds "Berlin" and
"O'Hara" is three tokens wherever it stands. Blanks only separate. Offsets count code points of the text as given,
which is compared in Unicode's composed form (NFC) and, where case is folded, in lower case.

Shapes: C code points, T tokens.
"""

import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled

BLANK, WORD, SINGLE = 0, 1, 2
UPPER_START, HAS_LOWER, HAS_UPPER, IS_WORD = 1, 2, 4, 8
"""Flags of a token: begins in upper case, holds lower case, holds upper case, holds a letter."""

_UNSPACED = (  # scripts written without blanks: Thai to Khmer, Japanese kana, Chinese characters
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_SAME = {"’": "'", "‘": "'", "ʼ": "'", "–": "-", "‐": "-", "‑": "-", "“": '"', "”": '"'}


@dataclass(frozen=True, eq=False, slots=True)
class Tokens:
    """The tokens of a text.

    Args:
        starts: first code points, int64 [T].
        stops: one past the last, int64 [T].
        keys: hashes of the tokens as compared, uint64 [T].
        exact: hashes of the tokens with their case, uint64 [T].
        flags: see `UPPER_START` and its like, uint8 [T].
    """

    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    keys: NDArray[np.uint64]
    exact: NDArray[np.uint64]
    flags: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, eq=False, slots=True)
class _CharacterTables:
    classes: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    same: NDArray[np.uint32]
    lower: NDArray[np.uint32]


@lru_cache(maxsize=1)
def _tables() -> _CharacterTables:
    """What each code point is, and which one it is compared as."""
    everything = [chr(code) for code in range(sys.maxunicode + 1)]
    classes = np.full(len(everything), SINGLE, np.uint8)
    classes[[code for code, c in enumerate(everything) if c.isalnum() or c == "_"]] = WORD
    classes[[code for code, c in enumerate(everything) if c.isspace()]] = BLANK
    classes[[code for code in range(0x300, len(everything)) if unicodedata.category(everything[code])[0] == "M"]] = WORD
    for first, last in _UNSPACED:
        classes[first : last + 1] = np.where(classes[first : last + 1] == WORD, SINGLE, classes[first : last + 1])
    same = np.arange(len(everything), dtype=np.uint32)
    for one, other in _SAME.items():
        same[ord(one)] = ord(other)
    lower = same.copy()
    flags = np.zeros(len(everything), np.uint8)
    for code, character in enumerate(everything):
        if character.isalpha():
            flags[code] = IS_WORD | (HAS_LOWER if character.islower() else 0)
        if character.isupper() or character.istitle():
            folded = character.lower()
            lower[code] = ord(folded) if len(folded) == 1 else code
            flags[code] |= HAS_UPPER
    return _CharacterTables(classes, flags, same, lower)


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of `text`, uint32 [C]."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def tokenize(text: str, *, fold_case: bool) -> Tokens:
    """The tokens of `text`.

    >>> tokens = tokenize("O'Hara's book", fold_case=True)
    >>> list(zip(tokens.starts.tolist(), tokens.stops.tolist()))
    [(0, 1), (1, 2), (2, 6), (6, 7), (7, 8), (9, 13)]
    """
    if unicodedata.is_normalized("NFC", text):
        return tokenize_points(code_points(text), fold_case=fold_case)
    composed, places = _composed(text)
    tokens = tokenize_points(code_points(composed), fold_case=fold_case)
    starts = places[tokens.starts]
    stops = np.maximum(places[tokens.stops], starts + 1)  # one character may be composed as two
    return Tokens(starts, stops, tokens.keys, tokens.exact, tokens.flags)


def tokenize_points(points: NDArray[np.uint32], *, fold_case: bool) -> Tokens:
    """The tokens of code points in composed form, uint32 [C]."""
    tables = _tables()
    starts, stops = _find_tokens(points, tables.classes)
    exact, flags = _hash_tokens(points, starts, stops, tables.same, tables.flags)
    keys = _hash_tokens(points, starts, stops, tables.lower, tables.flags)[0] if fold_case else exact
    return Tokens(starts, stops, keys, exact, flags)


def _composed(text: str) -> tuple[str, NDArray[np.int64]]:
    """`text` in NFC, and where each of its code points (and its end) stands in `text`."""
    parts, places, start = [], [], 0
    for stop in range(1, len(text) + 1):
        if stop < len(text) and not _begins_cluster(text[stop]):
            continue
        part = unicodedata.normalize("NFC", text[start:stop])
        parts.append(part)
        places += [min(start + number, stop - 1) for number in range(len(part))]
        start = stop
    return "".join(parts), np.array([*places, len(text)], np.int64)


def _begins_cluster(character: str) -> bool:
    jamo = 0x1160 <= ord(character) <= 0x11FF  # Korean vowels and finals join the letter before
    return unicodedata.category(character)[0] != "M" and not jamo


@compiled
def among(keys: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of `keys` are among the sorted `words`."""
    out = np.zeros(len(keys), np.bool_)
    for i in range(len(keys)):
        place = np.searchsorted(words, keys[i])
        out[i] = place < len(words) and words[place] == keys[i]
    return out


@compiled
def _find_tokens(points: NDArray[np.uint32], classes: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts, stops = np.empty(len(points), np.int64), np.empty(len(points), np.int64)
    count, place = 0, 0
    while place < len(points):
        kind = classes[points[place]]
        if kind == BLANK:
            place += 1
            continue
        starts[count] = place
        place += 1
        if kind == WORD:
            while place < len(points) and classes[points[place]] == WORD:
                place += 1
        stops[count] = place
        count += 1
    return starts[:count].copy(), stops[:count].copy()


@compiled
def _hash_tokens(
    points: NDArray[np.uint32],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    compared: NDArray[np.uint32],
    told: NDArray[np.uint8],
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """FNV-1a over the code points as compared, finished with one multiplication; the flags beside it."""
    hashes, flags = np.empty(len(starts), np.uint64), np.zeros(len(starts), np.uint8)
    for i in range(len(starts)):
        value, flag = np.uint64(0xCBF29CE484222325), UPPER_START if told[points[starts[i]]] & HAS_UPPER else 0
        for j in range(starts[i], stops[i]):
            value = (value ^ np.uint64(compared[points[j]])) * np.uint64(0x100000001B3)
            flag |= told[points[j]]
        value ^= value >> np.uint64(32)
        hashes[i] = value * np.uint64(0xFF51AFD7ED558CCD)
        flags[i] = flag
    return hashes, flags
