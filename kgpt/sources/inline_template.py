"""The few templates that stand for words of a sentence; without them a sentence keeps a hole.

Any other template is an infobox, a note, a box of links: it shows nothing. Ours: the ones that English Wikipedia
uses most within its sentences, by what they show.
"""

import re
from collections.abc import Callable, Sequence

_NUMBERED = re.compile(r"^\s*\d+\s*=")
"""A place of its own: `1=x`."""
_NUMBER = re.compile(r"[\d.,+/-]*\d[\d.,+/-]*")
_SIGNS = {("1", "2"): "½", ("1", "3"): "⅓", ("2", "3"): "⅔", ("1", "4"): "¼", ("3", "4"): "¾", ("1", "8"): "⅛"}
_CONJUNCTIONS = {"to": "to", "and": "and", "or": "or", "by": "by", "-": "-", "–": "–", "x": "by", "to(-)": "to"}


def expand(name: str, arguments: Sequence[str]) -> str:
    """The words that a template shows; empty for one that shows none.

    >>> expand("lang", ["de", "Schnee"]), expand("convert", ["5", "km", "mi"]), expand("Infobox", ["x"])
    ('Schnee', '5 km', '')
    """
    shown = _SHOWN.get(name.strip().lower().replace("_", " "))
    if shown is None:
        return ""
    placed = (one for one in arguments if "=" not in one or _NUMBERED.match(one))
    return shown([_NUMBERED.sub("", one, count=1).strip() for one in placed])


def _first(arguments: Sequence[str]) -> str:
    return arguments[0] if arguments else ""


def _second(arguments: Sequence[str]) -> str:
    return arguments[1] if len(arguments) > 1 else ""


def _last(arguments: Sequence[str]) -> str:
    return arguments[-1] if arguments else ""


def _convert(arguments: Sequence[str]) -> str:
    """A quantity in the unit it was measured in: `5 km`, `5 to 7 km`, `6 ft 4 in`."""
    if len(arguments) >= 4 and arguments[1] in _CONJUNCTIONS:
        return " ".join([arguments[0], _CONJUNCTIONS[arguments[1]], *arguments[2:4]])
    if len(arguments) >= 4 and _NUMBER.fullmatch(arguments[2]) and not _NUMBER.fullmatch(arguments[3]):
        return " ".join(arguments[:4])
    return " ".join(arguments[:2])


def _fraction(arguments: Sequence[str]) -> str:
    """`1/2` of one number or two, `3 1/2` of three; one that Unicode has as a sign is that sign."""
    if not 1 <= len(arguments) <= 3:
        return ""
    whole, above, below = ("", "1", *arguments) if len(arguments) == 1 else ("", "", *arguments)[-3:]
    told = _SIGNS.get((above, below), f"{above}/{below}")
    return f"{whole} {told}" if whole and "/" in told else f"{whole}{told}"


def _as_of(arguments: Sequence[str]) -> str:
    return " ".join(["As of", *arguments[:1]])


def _circa(arguments: Sequence[str]) -> str:
    return " – ".join(f"c. {year}" for year in arguments[:2]) or "c."


def _constant(shown: str) -> Callable[[Sequence[str]], str]:
    def always(_: Sequence[str]) -> str:
        return shown

    return always


_SHOWN: dict[str, Callable[[Sequence[str]], str]] = {
    **dict.fromkeys(("nowrap", "nobr", "nowr", "small", "smaller", "big", "nobold", "noitalic", "abbr"), _first),
    **dict.fromkeys(("iw", "ill", "interlanguage link", "tooltip", "sup", "sub", "angle bracket"), _first),
    **dict.fromkeys(("frac", "fraction", "sfrac"), _fraction),
    **dict.fromkeys(("lang", "script"), _second),
    **dict.fromkeys(("transl", "transliteration"), _last),
    **dict.fromkeys(("convert", "cvt"), _convert),
    "as of": _as_of,
    **dict.fromkeys(("circa", "c.", "ca."), _circa),
    **dict.fromkeys(("ndash", "en dash", "endash"), _constant("–")),
    **dict.fromkeys(("mdash", "em dash", "emdash"), _constant("—")),
    **dict.fromkeys(("snd", "spnd", "spaced ndash", "spaced en dash"), _constant(" – ")),
    **dict.fromkeys(("nbsp", "space", "sp"), _constant(" ")),
    **dict.fromkeys(("'", "`", "okina"), _constant("’")),
    **dict.fromkeys(("!", "pipe"), _constant("|")),
}
