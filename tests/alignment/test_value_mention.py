import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.alignment.value_mention import value_scanner
from kgpt.errors import ConfigError

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def found(text, kind, language="en"):
    return [one.value or one.number for one in value_scanner(language)(text) if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on 11 March 1952 she", "1952-03-11"),
        ("on March 11, 1952,", "1952-03-11"),
        ("on the 11th of March 1952", "1952-03-11"),
        ("in March 1952.", "1952-03"),
        ("in Sept. 1952", "1952-09"),
        ("since 1952-03-11", "1952-03-11"),
        ("in 1952", "1952"),
        ("in the 1950s", "195X"),
        ("in 44 BC", "-0043"),
        ("on 15 March 44 BC he", "-0043-03-15"),
        ("in 44 men", None),
        ("the 21 BCs", None),
        ("in the mid-1990s", "199X"),
        ("room F-1990", None),
        ("tel. 5555-1234", "5555"),
        ("order 2019-123", "2019"),
        ("ISBN 9012-4567-8901", "9012"),
        ("the 12 BC Ferries", None),
        ("in 244 BC", "-0243"),
        ("in 800.", "0800"),
        ("version 1.1952", None),
        ("room A1952", None),
        ("in 19521", None),
    ],
)
def test_dates_are_found_as_texts_write_them(text, value):
    assert found(text, "date") == ([value] if value else [])


@pytest.mark.parametrize("dash", ["-", "\u2013"])
def test_both_ends_of_a_span_of_years_are_found(dash):
    assert found(f"between 1939{dash}1945 it", "date") == ["1939", "1945"]


@given(st.integers(100, 2999), st.integers(1, 12), st.integers(1, 28))
def test_every_day_is_found_in_both_orders(year, month, day):
    value = f"{year:04d}-{month:02d}-{day:02d}"

    assert found(f"x {day} {MONTHS[month - 1]} {year} y", "date") == [value]
    assert found(f"x {MONTHS[month - 1]} {day}, {year} y", "date") == [value]


@pytest.mark.parametrize(
    ("text", "number", "rounding"),
    [
        ("has 3,645,000 inhabitants", 3_645_000, 0),
        ("of 8,848.86 m", 8848.86, 0.005),
        ("about 1.2 million people", 1_200_000, 50_000),
        ("at -12.5 degrees", -12.5, 0.05),
        ("3 million", 3_000_000, 500_000),
    ],
)
def test_quantities_are_found_with_what_they_were_rounded_to(text, number, rounding):
    (one,) = (one for one in value_scanner("en")(text) if one.kind == "quantity")

    assert (one.number, one.rounding) == pytest.approx((number, rounding))


def test_other_languages_write_months_and_numbers_otherwise():
    assert found("am 11. März 1952", "date", "de") == ["1952-03-11"]
    assert found("mit 3.645.000,5 Euro", "quantity", "de") == [3_645_000.5]
    assert found("le 1er mars 1952", "date", "fr") == ["1952-03-01"]


def test_a_number_that_may_be_a_year_is_both_and_a_day_hides_its_numbers():
    assert found("in 1952", "quantity") == [1952]
    assert found("11 March 1952", "quantity") == []


def test_a_language_that_nobody_knows_is_told():
    with pytest.raises(ConfigError, match=r"alignment.language: Unicode's CLDR knows no language 'xx'"):
        value_scanner("xx")


@given(st.text(st.sampled_from("0123456789 ,.-BCMarchy"), max_size=30))
def test_mentions_lie_in_the_text_and_dates_do_not_overlap(text):
    mentions = value_scanner("en")(text)

    assert all(0 <= one.start < one.end <= len(text) for one in mentions)
    dates = [one for one in mentions if one.kind == "date"]
    assert all(one.end <= other.start for one, other in itertools.pairwise(dates))
