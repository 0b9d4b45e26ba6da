"""Where a sentence writes the entities of its triples (SKILL, Moiseev et al., 2022, algorithm 1).

Both are compared in lower case without punctuation; dates by the day, month and year they mean; an entity that is not
found is looked for again without a closing "(...)".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

CharSpan: TypeAlias = tuple[int, int]
_CLOSING_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


class NormalizedText:
    """A text in lower case without punctuation, that knows where its letters come from.

    Args:
        text: as written.
    """

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        self._places: list[int] = []
        for place, letter in enumerate(text):
            if letter.isspace():
                if not letters or letters[-1] == " ":
                    continue
                plain = " "
            elif _is_punctuation(letter):
                continue
            else:
                plain = letter.lower()
            letters += plain
            self._places += [place] * len(plain)
        self.letters = "".join(letters)

    def spans_of(self, name: str) -> Iterator[CharSpan]:
        """The places `[start, end)` of the written text that read as `name`, as whole words."""
        sought = normalized(name)
        place = self.letters.find(sought) if sought else -1
        while place >= 0:
            end = place + len(sought)
            before, after = self.letters[place - 1 : place], self.letters[end : end + 1]
            if before in {"", " "} and after in {"", " "}:
                yield self._places[place], self._places[end - 1] + 1
            place = self.letters.find(sought, place + 1)


def normalized(name: str) -> str:
    """A name as `NormalizedText` compares it.

    >>> normalized("Palme d'Or (film prize)")
    'palme dor film prize'
    """
    return NormalizedText(name).letters.strip()


def entity_spans(text: NormalizedText, names: Iterable[str]) -> list[CharSpan]:
    """Every place where one of `names` is written in full; a name without a place is tried without its "(...)"."""
    found: set[CharSpan] = set()
    for name in names:
        here = set(text.spans_of(name))
        shorter = _CLOSING_BRACKETS.sub("", name)
        found |= here or (set(text.spans_of(shorter)) if shorter != name else set())
    return sorted(found)


@lru_cache(maxsize=4096)
def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "P"
