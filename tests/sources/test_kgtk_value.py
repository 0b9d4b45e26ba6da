import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.kgtk_value import Value, parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("^2010-01-02T00:00:00Z/11", Value("date", "2010-01-02")),
        ("^2010-01-02T00:00:00Z/9", Value("date", "2010")),
        ("^1903-00-00T00:00:00Z/7", Value("date", "19XX")),
        ("^-0044-03-15T00:00:00Z/11", Value("date", "-0043-03-15")),
        ("^+2010-01-02T00:00:00Z", Value("date", "2010-01-02")),
        ("^2010-01", Value("date", "2010-01")),
        ("^2010", Value("date", "2010")),
        ("^-13798000000-00-00T00:00:00Z/3", "vague_date"),
        ("^0000-00-00T00:00:00Z/9", "malformed_date"),
        ("^soon", "malformed_date"),
        ("+12.5[+12,+13]Q11573", Value("quantity", "12.5", "Q11573")),
        ("+344567", Value("quantity", "344567")),
        ("-3.50", Value("quantity", "-3.50")),
        ("12.", Value("quantity", "12")),
        ("5e-3m", Value("quantity", "5e-3", "m")),
        ("10km/h", Value("quantity", "10", "km/h")),
        ("+", "malformed_quantity"),
        ("1 2", "malformed_quantity"),
        ('"a \\"b\\" \\| c\\td"', Value("string", 'a "b" | c d')),
        ('""', "empty_literal"),
        ('"open', "malformed_string"),
        ("'l\\'eau  douce'@fr", Value("string", "l'eau douce", "", "fr")),
        ("'x'@zh-hant", Value("string", "x", "", "zh-hant")),
        ("'x'", "malformed_string"),
        ("@043.26/-010.9", Value("string", "043.26,-010.9")),
        ("@here", "malformed_coordinate"),
        ("Q64", Value("entity", "Q64")),
        ("novalue", "novalue"),
        ("somevalue", "somevalue"),
        ("", "no_value"),
        ("!x", "extension_value"),
    ],
)
def test_a_value_is_read_or_says_why_not(text, value):
    assert parse_value(text) == value


@given(st.text(alphabet=st.sampled_from("^@'\"+-.0123456789/\\Qaé[]T:Z "), max_size=30) | st.text())
def test_whatever_stands_there_is_a_value_or_a_reason(text):
    value = parse_value(text)

    assert value.text if isinstance(value, Value) else value


@given(
    st.text(min_size=1).filter(lambda text: text.isprintable() and text.isascii() and text == " ".join(text.split()))
)
def test_a_string_comes_back_as_it_was_escaped(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')

    assert parse_value(f'"{escaped}"') == Value("string", text)
