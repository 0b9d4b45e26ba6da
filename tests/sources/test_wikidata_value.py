import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.wikidata_value import clean, plain_amount, plain_date, unit_id, year_text
from kgpt.text import nfc, squeeze

DATE = re.compile(r"(Y-?\d{5,}|-?\d{4})(-\d\d(-\d\d)?)?|-?\d{3}X|-?\d{2}XX|-?\dXXX")


@pytest.mark.parametrize(
    ("time", "precision", "date"),
    [
        ("+1952-03-11T00:00:00Z", 14, "1952-03-11"),
        ("+1952-03-11T00:00:00Z", 10, "1952-03"),
        ("+1952-03-11T00:00:00Z", 9, "1952"),
        ("+1952-03-00T00:00:00Z", 11, "1952-03"),
        ("+1952-00-00T00:00:00Z", 11, "1952"),
        ("+00000001952-01-01T00:00:00Z", 9, "1952"),
        ("+1950-00-00T00:00:00Z", 8, "195X"),
        ("+1900-00-00T00:00:00Z", 7, "18XX"),
        ("+1901-00-00T00:00:00Z", 7, "19XX"),
        ("+2000-00-00T00:00:00Z", 7, "19XX"),
        ("+2000-00-00T00:00:00Z", 6, "1XXX"),
        ("+0005-00-00T00:00:00Z", 8, "000X"),
        ("-0001-00-00T00:00:00Z", 9, "0000"),
        ("-0044-00-00T00:00:00Z", 9, "-0043"),
        ("-0100-00-00T00:00:00Z", 7, "-00XX"),
        ("-0101-00-00T00:00:00Z", 7, "-01XX"),
        ("+12000-01-01T00:00:00Z", 9, "Y12000"),
        ("-13800-00-00T00:00:00Z", 9, "Y-13799"),
        ("-13798000000-00-00T00:00:00Z", 3, ""),
        ("-12000-00-00T00:00:00Z", 6, ""),
        ("+0000-00-00T00:00:00Z", 9, ""),
        ("+1952-13-01T00:00:00Z", 11, ""),
        ("+1952-01-32T00:00:00Z", 11, ""),
        ("1952", 9, ""),
        ("", 11, ""),
    ],
)
def test_a_time_becomes_a_date_as_precise_as_it_is_known(time, precision, date):
    assert plain_date(time, precision) == date


@given(
    st.integers(-(10**6), 10**6), st.integers(0, 99), st.integers(0, 99), st.integers(0, 14), st.sampled_from(["", "+"])
)
def test_every_time_is_a_date_of_the_records_form_or_none(year, month, day, precision, plus):
    sign = "-" if year < 0 else plus
    date = plain_date(f"{sign}{abs(year):04d}-{month:02d}-{day:02d}T00:00:00Z", precision)

    assert not date or DATE.fullmatch(date)


@given(st.integers(1, 9999), st.sampled_from([(8, 10), (7, 100), (6, 1000)]))
def test_a_vague_date_names_a_span_that_holds_its_year(year, precision):
    date = plain_date(f"+{year:04d}-00-00T00:00:00Z", precision[0])
    first = int(date.replace("X", "0"))

    assert first + (precision[0] < 8) <= year <= first + precision[1] - (precision[0] == 8)


@given(st.text())
def test_whatever_stands_for_a_time_or_an_amount_is_read_or_refused(text):
    assert plain_date(text, 11) == "" or DATE.fullmatch(plain_date(text, 11))
    assert plain_amount(text) == "" or float(plain_amount(text)) is not None


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_an_amount_keeps_its_value(number):
    assert float(plain_amount(f"{number:+}")) == float(number)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("1", ""),
        ("", ""),
        ("http://www.wikidata.org/entity/Q11573", "Q11573"),
        ("https://example.org/entity/Q1", "Q1"),
        ("http://qudt.org/unit/M", "http://qudt.org/unit/M"),
    ],
)
def test_a_unit_is_an_id_or_none(unit, expected):
    assert unit_id(unit) == expected


def test_years_of_more_than_four_digits_are_marked():
    assert [year_text(year) for year in (0, -9999, 9999, 10_000, -10_000)] == [
        "0000",
        "-9999",
        "9999",
        "Y10000",
        "Y-10000",
    ]


@given(st.text())
def test_clean_text_is_squeezed_and_composed(text):
    assert clean(text) == squeeze(nfc(text))
