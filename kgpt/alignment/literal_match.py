"""Which literals of an entity a text states: dates, quantities and strings against their surface forms.

Dates are compared at the coarser precision; quantities with their unit, up to the rounding that the text shows;
strings as they stand. What identifies (external ids, addresses, file names) is not looked for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kgpt.alignment.value_mention import ValueMention
from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import Literal

_UNSOUGHT = {"external-id", "url", "commonsMedia", "globe-coordinate", "http://www.w3.org/2001/XMLSchema#anyURI"}
_MIN_STRING_CHARS = 4
_TOLERANCE = 0.005
_SMALL_NUMBER = 10
_BY_PRECISION = {4: 0.6, 7: 0.9, 10: 1.0}
_UNIT_CHARS = 24


@dataclass(frozen=True, slots=True)
class LiteralMatch:
    """A literal found at `[start, end)`, and how surely it is meant, in [0, 1]."""

    literal: Literal
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class LiteralMatcher:
    """Looks for literals of a graph's entities; names of units are kept when first needed."""

    graph: KnowledgeGraph
    _units: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def matches(self, text: str, values: Sequence[ValueMention], literals: Sequence[Literal]) -> Iterator[LiteralMatch]:
        """The places where `text` states any of `literals`; `values` are its dates and quantities."""
        for literal in literals:
            if literal.datatype in _UNSOUGHT:
                continue
            if literal.kind == "string":
                yield from _strings(text, literal)
                continue
            for mention in values:
                if mention.kind == literal.kind and (share := self._agreement(text, mention, literal)):
                    yield LiteralMatch(literal, mention.start, mention.end, share)

    def _agreement(self, text: str, mention: ValueMention, literal: Literal) -> float:
        if literal.kind == "date":
            return same_date(mention.value, literal.value)
        try:
            amount = float(literal.value)
        except ValueError:
            return 0.0
        share = same_amount(mention, amount)
        return share and share * self._unit_share(text, mention, literal)

    def _unit_share(self, text: str, mention: ValueMention, literal: Literal) -> float:
        """1 where the unit follows; 0 where another word does; less than 1 where the unit has no name."""
        if not literal.unit:
            return 1.0 if abs(mention.number) >= _SMALL_NUMBER else 0.3
        names = self._names(literal.unit)
        if not names:
            return 0.5
        after = text[mention.end : mention.end + _UNIT_CHARS].lstrip(" -\u00a0\u202f").casefold()
        return float(any(re.match(rf"{re.escape(name)}(?:s|es)?(?!\w)", after) for name in names))

    def _names(self, unit: str) -> tuple[str, ...]:
        if unit not in self._units:
            number = self.graph.entities.ids.find(unit)
            named = self.graph.entities.surfaces(number) if number is not None else ()
            self._units[unit] = tuple(name.casefold() for name in named)
        return self._units[unit]


def same_date(said: str, known: str) -> float:
    """How far two dates agree at the coarser of their precisions; 0 where they differ.

    >>> same_date("1952-03-11", "1952-03-11"), same_date("1952", "1952-03-11"), same_date("1951", "1952-03-11")
    (1.0, 0.6, 0.0)
    """
    if "X" in said or "X" in known:
        digits = min(len(one.split("X")[0]) for one in (said, known))
        return 0.4 if said[:digits] == known[:digits] else 0.0
    era = said.startswith("-") or known.startswith("-")
    length = min(len(said), len(known))
    if said[:length] != known[:length] or (era and said[0] != known[0]):
        return 0.0
    return _BY_PRECISION.get(length - (1 if era else 0), 0.6)


def same_amount(mention: ValueMention, amount: float) -> float:
    """1 where the number is the one written, less where it would be rounded to it, 0 elsewhere."""
    apart = abs(mention.number - amount)
    if apart <= 1e-9 * max(1.0, abs(amount)):
        return 1.0
    if apart <= mention.rounding:
        return 0.8
    return 0.5 if abs(amount) >= 1000 and apart <= _TOLERANCE * abs(amount) else 0.0


def _strings(text: str, literal: Literal) -> Iterator[LiteralMatch]:
    if len(literal.value) < _MIN_STRING_CHARS:
        return
    place = text.find(literal.value)
    while place >= 0:
        end = place + len(literal.value)
        if not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum()):
            yield LiteralMatch(literal, place, end, 1.0)
            return
        place = text.find(literal.value, place + 1)
