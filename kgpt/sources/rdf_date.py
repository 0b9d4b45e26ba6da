"""Dates as RDF writes them, in the form of kgpt's records."""

import re

from kgpt.sources.wikidata_value import year_text

_XSD = "http://www.w3.org/2001/XMLSchema#"
DATE_TYPES = frozenset(
    {*(_XSD + name for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"))}
    | {"http://id.loc.gov/datatypes/edtf/EDTF", "http://id.loc.gov/datatypes/edtf"}
)
_DATE = re.compile(r"\+?(-?)(\d{4,})(?:-(\d\d)(?:-(\d\d)(?:T[\d:.]+)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_VAGUE = re.compile(r"-?(?:\d{3}X|\d{2}XX|\dXXX)|Y-?\d{5,}(?:-\d\d){0,2}", re.ASCII)


def rdf_date(text: str) -> str:
    """A date by its digits, as precise as they are; times and zones are cut off; empty where it is none.

    XML Schema counts years as ISO 8601 does: 0 is 1 BCE. Wikidata's simple statements say the first of January where
    only the year is known, so such a day is kept as it stands.

    >>> rdf_date("1952-03-11T00:00:00Z"), rdf_date("-0043"), rdf_date("195X")
    ('1952-03-11', '-0043', '195X')
    """
    if _VAGUE.fullmatch(text):
        return text
    found = _DATE.fullmatch(text)
    if found is None or len(found[2]) > 16:
        return ""
    sign, digits, month, day = found.groups()
    year = year_text(int(sign + digits))
    if month is None or month == "00":
        return year
    if int(month) > 12 or int(day or 0) > 31:
        return ""
    return f"{year}-{month}" if day in (None, "00") else f"{year}-{month}-{day}"
