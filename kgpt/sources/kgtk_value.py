"""The values of KGTK's edge files (Ilievski et al., 2020): dates, quantities, strings, places, symbols.

^2010-01-01T00:00:00Z/11    a date with Wikidata's precision
+12.5[+12,+13]Q11573        a quantity with its tolerance and unit; +5m with a unit of the SI
"text", 'text'@en           a string, one in a language
@43.2/10.9                  a place
Q64                         a symbol: an entity
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from kgpt.records import ValueKind
from kgpt.sources.wikidata_value import clean, plain_amount, plain_date

_DATE = re.compile(r"\^([+-]?)(\d+)(?:-(\d\d)(?:-(\d\d)(T[\d:.]*Z?)?)?)?(?:/(\d{1,2}))?", re.ASCII)
_QUANTITY = re.compile(
    r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?:\[[^\]]*\])?([^\W\d_][^\s\[\]]*|%)?", re.ASCII
)
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'@([A-Za-z][A-Za-z0-9-]*)", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLACE = re.compile(r"@([+-]?\d+(?:\.\d*)?)/([+-]?\d+(?:\.\d*)?)", re.ASCII)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": " ", "r": " ", "t": " "}
_ABSENT = ("somevalue", "novalue")
_DAY, _MONTH, _YEAR = 11, 10, 9


class Value(NamedTuple):
    """A value: its kind, its text, a quantity's unit, a string's language."""

    kind: ValueKind
    text: str
    unit: str = ""
    language: str = ""


def parse_value(text: str) -> Value | str:
    """The value that `text` says, or why it says none.

    >>> parse_value("+12.5[+12,+13]Q11573")
    Value(kind='quantity', text='12.5', unit='Q11573', language='')
    >>> parse_value("^2010-00-00T00:00:00Z/9").text
    '2010'
    """
    read = _READ.get(text[:1])
    if read is not None:
        return read(text)
    return text if text in _ABSENT else Value("entity", text)


def _date(text: str) -> Value | str:
    found = _DATE.fullmatch(text)
    if found is None:
        return "malformed_date"
    sign, year, month, day, _, told = found.groups()
    precision = int(told) if told else (_DAY if day else _MONTH if month else _YEAR)
    date = plain_date(f"{sign}{year}-{month or '00'}-{day or '00'}", precision)
    if date:
        return Value("date", date)
    return "vague_date" if plain_date(f"{sign}{year}-00-00", _YEAR) and precision < _YEAR else "malformed_date"


def _quantity(text: str) -> Value | str:
    found = _QUANTITY.fullmatch(text)
    amount = found and plain_amount(found[1].rstrip("."))
    return Value("quantity", amount, found[2] or "") if found and amount else "malformed_quantity"


def _plain_string(text: str) -> Value | str:
    found = _STRING.fullmatch(text)
    return _string(found[1]) if found else "malformed_string"


def _text(text: str) -> Value | str:
    found = _TEXT.fullmatch(text)
    return _string(found[1], found[2]) if found else "malformed_string"


def _place(text: str) -> Value | str:
    found = _PLACE.fullmatch(text)
    return Value("string", f"{found[1]},{found[2]}") if found else "malformed_coordinate"


def _string(escaped: str, language: str = "") -> Value | str:
    text = clean(_ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), escaped))
    return Value("string", text, language=language) if text else "empty_literal"


_READ: dict[str, Callable[[str], Value | str]] = {
    "": lambda _: "no_value",
    "!": lambda _: "extension_value",
    "^": _date,
    '"': _plain_string,
    "'": _text,
    "@": _place,
    **dict.fromkeys("+-.0123456789", _quantity),
}
