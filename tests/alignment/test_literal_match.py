import pytest

from kgpt.alignment.literal_match import LiteralMatcher, same_amount, same_date
from kgpt.alignment.value_mention import ValueMention, value_scanner
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Literal, Triple

GRAPH, _ = build_graph(
    [Triple("Q1", "P1", "Q2"), EntityRecord("Q11573", "metre", ("m", "meter")), EntityRecord("Q2", "two")]
)


def matches(text, literal):
    found = LiteralMatcher(GRAPH).matches(text, value_scanner("en")(text), (literal,))
    return [(text[one.start : one.end], one.confidence) for one in found]


@pytest.mark.parametrize(
    ("said", "known", "share"),
    [
        ("1952-03-11", "1952-03-11", 1.0),
        ("1952-03", "1952-03-11", 0.9),
        ("1952-03-11", "1952", 0.6),
        ("1952", "1953", 0.0),
        ("1952", "195X", 0.4),
        ("1962", "195X", 0.0),
        ("1952", "19XX", 0.4),
        ("-0043", "-0043", 0.6),
        ("0043", "-0043", 0.0),
        ("-0043-03-15", "-0043-03-15", 1.0),
    ],
)
def test_dates_are_compared_at_the_coarser_precision(said, known, share):
    assert same_date(said, known) == share


@pytest.mark.parametrize(
    ("number", "rounding", "known", "share"),
    [
        (100, 0, 100, 1.0),
        (1.2e6, 5e4, 1_234_567, 0.8),
        (1.2e6, 5e4, 1_260_000, 0.0),
        (3000, 0, 3001, 0.5),
        (10, 0, 11, 0),
    ],
)
def test_amounts_agree_up_to_the_rounding_shown(number, rounding, known, share):
    assert same_amount(ValueMention(0, 1, "quantity", "", number, rounding), known) == share


def test_the_unit_must_follow_where_it_has_a_name():
    height = Literal("Q1", "P2048", "8848", "quantity", "Q11573")

    assert matches("It is 8,848 metres high.", height) == [("8,848", 1.0)]
    assert matches("It is 8,848 m high.", height) == [("8,848", 1.0)]
    assert matches("It has 8,848 members.", height) == []
    assert matches("It has 8,848 members.", Literal("Q1", "P1", "8848", "quantity", "Q404")) == [("8,848", 0.5)]


def test_small_numbers_without_a_unit_count_little():
    assert matches("with 3 children", Literal("Q1", "P1", "3", "quantity")) == [("3", 0.3)]


def test_strings_stand_as_words_and_what_identifies_is_not_looked_for():
    assert matches("the motto Per aspera ad astra.", Literal("Q1", "P1", "Per aspera")) == [("Per aspera", 1.0)]
    assert matches("superasperas", Literal("Q1", "P1", "aspera")) == []
    assert matches("id AB-1234", Literal("Q1", "P1", "AB-1234", datatype="external-id")) == []
    assert matches("an abc", Literal("Q1", "P1", "abc")) == []


def test_an_amount_that_is_no_number_matches_nothing():
    assert matches("1999", Literal("Q1", "P1", "many", "quantity")) == []
