"""Dates and quantities as texts write them, found in one scan that digits and month names anchor.

Month names and the marks of thousands and decimals are the Unicode CLDR's for the language, through Babel. Dates
without a year are passed over; a number that may be a year is both.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal as OneOf

from kgpt.errors import ConfigError

_SCALES = {
    "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
    "de": {"Tausend": 10**3, "Millionen": 10**6, "Million": 10**6, "Milliarden": 10**9, "Milliarde": 10**9},
    "fr": {"mille": 10**3, "millions": 10**6, "million": 10**6, "milliards": 10**9, "milliard": 10**9},
}
_ERA = r"\s?(?-i:BCE?|B\.C\.(?:E\.)?|v\. Chr\.|av\. J\.-C\.)"
_YEAR = rf"(?:\d{{3,4}}(?!\d)|{{short}}\d{{1,2}}(?={_ERA}(?!\w)))(?P<bce>{_ERA})?"
_SPAN = re.compile(r"\b(\d{4})-(\d{4})(?![\w-])")
_BEFORE_A_DATE = r"(?:(?<![\w.,-])|(?<=\bmid-)|(?<=\b\d{4}-))"
"""After a hyphen stands the end of a span of years, or a decade; elsewhere it makes a code or a negative number."""


@dataclass(frozen=True, slots=True)
class ValueMention:
    """A date or a number at `[start, end)` of a text.

    Args:
        start: first code point.
        end: one past the last.
        kind: which.
        value: a date in ISO 8601-2, or empty.
        number: a quantity, or 0.
        rounding: half a unit of the last digit written, scaled as the number is.
    """

    start: int
    end: int
    kind: OneOf["date", "quantity"]
    value: str = ""
    number: float = 0.0
    rounding: float = 0.0


@lru_cache(maxsize=8)
def value_scanner(language: str) -> Callable[[str], list[ValueMention]]:
    """A function from a text to its dates and quantities, in reading order; a date hides the numbers in it.

    Raises:
        ConfigError: CLDR does not know the language.
    """
    months, number = _months(language), _number(language)
    scales = _SCALES.get(language, {})
    date = _date_pattern(months)

    def scan(text: str) -> list[ValueMention]:
        dates = list(_dates(text, date, months))
        taken = [(one.start, one.end) for one in dates if one.end - one.start > len("12345")]
        numbers = (
            found
            for found in _quantities(text, number, scales)
            if not any(found.start < end and start < found.end for start, end in taken)
        )
        return sorted([*dates, *numbers], key=lambda one: (one.start, one.kind))

    return scan


def _months(language: str) -> dict[str, int]:
    from babel import UnknownLocaleError
    from babel.dates import get_month_names

    try:
        tables = [get_month_names(width, locale=language) for width in ("wide", "abbreviated")]
    except (UnknownLocaleError, ValueError) as error:
        raise ConfigError(
            f"alignment.language: Unicode's CLDR knows no language {language!r}; say a code like 'en'"
        ) from error
    named = {str(name).rstrip(".").lower(): number for names in tables for number, name in names.items()}
    cuts = [(name[:length], number) for name, number in named.items() for length in (3, 4) if len(name) > length]
    meant = {cut: {number for other, number in cuts if other == cut} for cut, _ in cuts}
    return {cut: min(numbers) for cut, numbers in meant.items() if len(numbers) == 1} | named


@dataclass(frozen=True, slots=True)
class _NumberForm:
    pattern: re.Pattern[str]
    decimal: str


def _number(language: str) -> _NumberForm:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    group, decimal = get_group_symbol(language), get_decimal_symbol(language)
    marks = re.escape(group) + "\u00a0\u202f" + (" " if group.isspace() else "")
    digits = rf"\d{{1,3}}(?:[{marks}]\d{{3}})+|\d+"
    scale = "|".join(map(re.escape, _SCALES.get(language, {"\x00": 1})))
    whole = rf"(?P<sign>[-−]?)(?P<digits>{digits})(?P<part>{re.escape(decimal)}\d+)?"
    return _NumberForm(re.compile(rf"(?<![\w.,]){whole}(?:\s(?P<scale>{scale})\b)?(?!\d)"), decimal)


def _date_pattern(months: Mapping[str, int]) -> re.Pattern[str]:
    month = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    day = r"\d{1,2}"
    shorts = ["", "", "", "", r"(?<=\bin )"]  # a bare "12 BC" may be anything
    years = [_YEAR.replace("bce", f"b{number}").replace("{short}", short) for number, short in enumerate(shorts)]
    forms = (
        r"(?P<iso>\d{4}-\d{2}-\d{2})",
        rf"(?P<d1>{day})(?:st|nd|rd|th|\.|er)?(?:\s(?:of|de))?\s(?P<m1>{month})\.?,?\s(?:of\s)?(?P<y1>{years[1]})",
        rf"(?P<m2>{month})\.?\s(?P<d2>{day})(?:st|nd|rd|th)?,?\s(?P<y2>{years[2]})",
        rf"(?P<m3>{month})\.?,?\s(?:of\s)?(?P<y3>{years[3]})",
        r"(?P<decade>\d{3}0)s",
        rf"(?P<y4>{years[4]})",
    )
    return re.compile(rf"{_BEFORE_A_DATE}(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


def _dates(text: str, pattern: re.Pattern[str], months: Mapping[str, int]) -> Iterator[ValueMention]:
    for found in pattern.finditer(text):
        value = _date_value(found, months)
        if value and (text[found.start() - 1 : found.start()] != "-" or _ends_a_span(text, found)):
            yield ValueMention(found.start(), found.end(), "date", value)


def _ends_a_span(text: str, found: re.Match[str]) -> bool:
    """Whether what stands behind a hyphen is a decade, or a year not before the one in front: no part of a number."""
    if found["decade"]:
        return True
    span = _SPAN.match(text, max(found.start() - len("1939-"), 0))
    return span is not None and not text.endswith("-", 0, span.start()) and span[1] <= span[2]


def _date_value(found: re.Match[str], months: Mapping[str, int]) -> str:
    if found["iso"]:
        return found["iso"]
    if found["decade"]:
        return found["decade"][:3] + "X"
    for number in "1234":
        if found[f"y{number}"]:
            year = re.match(r"\d+", found[f"y{number}"])
            assert year is not None
            told = f"{int(year[0]):04d}" if not found[f"b{number}"] else f"-{int(year[0]) - 1:04d}"
            month = months[found[f"m{number}"].rstrip(".").lower()] if number in "123" else 0
            day = int(found[f"d{number}"]) if number in "12" else 0
            return f"{told}-{month:02d}-{day:02d}" if 1 <= day <= 31 else f"{told}-{month:02d}" if month else told
    return ""


def _quantities(text: str, form: _NumberForm, scales: Mapping[str, int]) -> Iterator[ValueMention]:
    for found in form.pattern.finditer(text):
        part = (found["part"] or "")[1:]
        scale = scales.get(found["scale"] or "", 1)
        plain = re.sub(r"\D", "", found["digits"]) + ("." + part if part else "")
        sign = -1 if found["sign"] else 1
        rounding = 0.5 * scale / 10 ** len(part) if part or found["scale"] else 0.0
        yield ValueMention(found.start(), found.end(), "quantity", "", sign * float(plain) * scale, rounding)
