"""Mentions in raw text: the longest names of the index, on word boundaries, from left to right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kgpt.linking.alias_index import AliasIndex, Candidate, name_key
from kgpt.text import WORD

_SENTENCE_END = re.compile(r"[.!?:;\n\"”'’)]\s*$")
_POSSESSIVES = ("'s", "’s")
_STOP_NAMES = frozenset(  # function words, never names
    re.findall(
        r"\w+",
        """
        a an and are as at be but by can do for from go had has have he her him his how i if in is
        it its may me more most no not of off on one or our out over own she so some such than that
        the their them then there they this to two up us was we were what when where which who will
        with you your
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A span `[start, end)` of a text, in code points, with the entities it may mean."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


def find_mentions(text: str, index: AliasIndex) -> Iterator[Mention]:
    """Mentions that do not overlap, the longest at each place; a possessive ending is no part of a name without one.

    Case counts, except that a name which begins in lower case is also found capitalised where a sentence begins.
    """
    spans = [(match.start(), match.end(), match.group()) for match in WORD.finditer(text)]
    place = 0
    while place < len(spans):
        found = _longest(text, spans, place, index)
        if found is None:
            place += 1
            continue
        mention, num_words = found
        yield mention
        place += num_words


def candidates_of(surface: str, index: AliasIndex, *, sentence_start: bool = False) -> tuple[Candidate, ...]:
    """The candidates of a surface form; none for function words."""
    name = name_key(surface)
    if name.lower() in _STOP_NAMES:
        return ()
    found = index.candidates.get(name, ())
    if not found and sentence_start and name[:1].isupper():
        found = index.candidates.get(name[:1].lower() + name[1:], ())
    return found


def _longest(text: str, spans: list[tuple[int, int, str]], place: int, index: AliasIndex) -> tuple[Mention, int] | None:
    start = spans[place][0]
    opening = _opens_sentence(text, start)
    for num_words in range(min(_limit(spans[place][2], index, opening), len(spans) - place), 0, -1):
        whole = spans[place + num_words - 1][1]
        for end in (whole, whole - 2) if text[start:whole].endswith(_POSSESSIVES) else (whole,):
            if found := candidates_of(text[start:end], index, sentence_start=opening):
                return Mention(start, end, found), num_words
    return None


def _limit(first: str, index: AliasIndex, opening: bool) -> int:
    """How many words the longest name has that may begin with the word `first`."""
    key = name_key(first)
    firsts = [key, key.removesuffix("'s")]
    if opening:
        firsts += [word[:1].lower() + word[1:] for word in firsts]
    return max(index.max_words.get(word, 0) for word in firsts)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start]
    return not before.strip() or bool(_SENTENCE_END.search(before))
