import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.rdf_date import rdf_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1952-03-11", "1952-03-11"),
        ("1952-03-11T10:00:00.5Z", "1952-03-11"),
        ("1952-03-11+02:00", "1952-03-11"),
        ("+1952-03-11T00:00:00Z", "1952-03-11"),
        ("1952-03", "1952-03"),
        ("1952", "1952"),
        ("1952Z", "1952"),
        ("1952-00-00T00:00:00Z", "1952"),
        ("1952-03-00", "1952-03"),
        ("-0043-03-15T00:00:00Z", "-0043-03-15"),
        ("0000", "0000"),
        ("-13798000000-01-01T00:00:00Z", "Y-13798000000-01-01"),
        ("12000", "Y12000"),
        ("195X", "195X"),
        ("-00XX", "-00XX"),
        ("Y-13798000000", "Y-13798000000"),
        ("1952-13-01", ""),
        ("1952-01-32", ""),
        ("52", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_date_keeps_its_digits_and_nothing_else(text, expected):
    assert rdf_date(text) == expected


@given(st.dates())
def test_a_day_comes_back(day: date):
    assert rdf_date(day.isoformat()) == rdf_date(f"{day.isoformat()}T00:00:00Z") == day.isoformat()


@given(st.text(alphabet="0123456789-TZX:+Y.", max_size=25))
def test_whatever_is_read_is_a_date_that_reads_as_itself(text):
    found = rdf_date(text)

    assert found == "" or rdf_date(found) == found or re.match(r"Y-?\d+", found)
