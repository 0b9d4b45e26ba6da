"""Wikidata's dates and quantities in kgpt's form; the JSON dumps and KGTK's files write them alike."""

import re

from kgpt.text import nfc, squeeze

_TIME = re.compile(r"([+-]?)(\d{1,16})-(\d\d)-(\d\d)(?:T[\d:.]*Z?)?", re.ASCII)
_AMOUNT = re.compile(r"\+?(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)", re.ASCII)
_DAY, _MONTH, _YEAR, _DECADE, _CENTURY, _MILLENNIUM = 11, 10, 9, 8, 7, 6
_ENTITY = re.compile(r"https?://[^?#]*/entity/(Q\d+)", re.ASCII)
NO_UNIT = ("", "1")


def plain_date(time: str, precision: int) -> str:
    """A Wikidata time as a date of `kgpt.records.Literal`; empty where it is none, or vaguer than a millennium.

    Wikidata counts 1 BCE as -1 and has no year 0; ISO 8601 counts it as 0. A century or millennium ends with its
    round year (the 20th with 2000), and is written by the digits of its other years. The calendar is the one that the
    source says the date in: days of the Julian one are not converted.

    >>> plain_date("+1952-03-11T00:00:00Z", 11), plain_date("+1952-00-00T00:00:00Z", 8)
    ('1952-03-11', '195X')
    >>> plain_date("-0044-03-15T00:00:00Z", 11)
    '-0043-03-15'
    """
    found = _TIME.fullmatch(time)
    if found is None or precision < _MILLENNIUM:
        return ""
    sign, digits, month, day = found.groups()
    year = int(digits)
    if not year:
        return ""
    if sign == "-":
        year = 1 - year
    if precision < _YEAR:
        return _vague_year(year, precision)
    if month == "00" or precision == _YEAR:
        return year_text(year)
    if not 1 <= int(month) <= 12 or int(day) > 31:
        return ""
    return f"{year_text(year)}-{month}" if precision == _MONTH or day == "00" else f"{year_text(year)}-{month}-{day}"


def year_text(year: int) -> str:
    """A year as ISO 8601-2 writes it: four digits, or `Y` before more of them.

    >>> year_text(-43), year_text(-10000)
    ('-0043', 'Y-10000')
    """
    if not -10_000 < year < 10_000:
        return f"Y{year}"
    return f"{year:05d}" if year < 0 else f"{year:04d}"


def _vague_year(year: int, precision: int) -> str:
    """A decade, century or millennium: the year with its last digits unsaid; beyond four digits it cannot be said."""
    num_digits = _YEAR - precision
    ends_round = precision <= _CENTURY and year > 0
    digits = abs(year) - ends_round
    if digits >= 10_000:
        return ""
    sign = "-" if year < 0 else ""
    return f"{sign}{digits:04d}"[:-num_digits] + "X" * num_digits


def plain_amount(amount: str) -> str:
    """A Wikidata amount as a decimal number without its leading plus; empty where it is none.

    >>> plain_amount("+12.50")
    '12.50'
    """
    found = _AMOUNT.fullmatch(amount)
    return found[1] if found else ""


def unit_id(unit: str) -> str:
    """The id of a unit, from its address; empty for pure numbers (`1`).

    >>> unit_id("http://www.wikidata.org/entity/Q11573")
    'Q11573'
    """
    if unit in NO_UNIT:
        return ""
    found = _ENTITY.fullmatch(unit)
    return found[1] if found else unit


def clean(text: str) -> str:
    """`squeeze(nfc(text))`, at once where there is nothing to do."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return squeeze(nfc(text))
