import numpy as np
import pytest

from kgpt.verbalization.pattern import PatternBook, PatternWriter, ToldText, delexicalized
from kgpt.verbalization.pieces import joined
from kgpt.verbalization.statement import StatementBook


def told(text, names, rows):
    """A text whose mentions are the first places of the names, numbered as given."""
    spans = sorted((text.index(name), text.index(name) + len(name), number) for name, number in names.items())
    return ToldText(text, spans, rows)


def whole(text):
    return [(0, len(text))]


ADA = {"Ada": 0, "London": 1, "Byron": 2}
ROWS = [(0, 7, 1), (0, 5, 2)]
TEXT = told("Ada, the daughter of Byron, was born in London.", ADA, ROWS)


def test_a_sentence_less_its_mentions_is_a_pattern_by_relation():
    assert delexicalized(TEXT.text, 0, len(TEXT.text), TEXT.spans, TEXT.rows) == [
        ((5, 7), (0, ", the daughter of ", 1, ", was born in ", 2, "."))
    ]


def test_a_sentence_that_tells_a_fact_and_its_inverse_is_a_pattern_of_both():
    item = told("Ada is a child of Byron.", {"Ada": 0, "Byron": 2}, [(0, 5, 2), (2, 6, 0)])

    assert delexicalized(item.text, 0, len(item.text), item.spans, item.rows) == [
        ((5,), (0, " is a child of ", 1, ".")),
        ((6,), (1, " is a child of ", 0, ".")),
    ]


@pytest.mark.parametrize(
    ("text", "names", "rows", "reason"),
    [
        ("Ada met Byron in London.", ADA, [(0, 5, 2)], "other_mentions"),
        ("Ada saw Ada's father Byron.", {"Ada": 0, "Ada's": 0, "Byron": 2}, [(0, 5, 2)], "other_mentions"),
        ("Ada was born to Byron in 1815.", {"Ada": 0, "Byron": 2}, [(0, 5, 2)], "other_facts"),
        ("Ada met Byron with Babbage.", {"Ada": 0, "Byron": 2}, [(0, 5, 2)], "other_facts"),
        ("Ada " + "very " * 50 + "Byron.", {"Ada": 0, "Byron": 2}, [(0, 5, 2)], "too_long"),
        ("Ada and Byron.", {"Ada": 0, "Byron": 2}, [(0, 5, 2), (0, 6, 2)], "other_mentions"),
    ],
)
def test_what_says_more_than_its_triples_is_no_pattern(text, names, rows, reason):
    item = told(text, names, rows)

    assert delexicalized(item.text, 0, len(text), item.spans, item.rows) == reason
    assert PatternBook([item], whole).left_out[reason] == 1


def test_only_the_usual_patterns_are_kept():
    usual = [told(f"{name} was born in London.", {name: 0, "London": 1}, [(0, 7, 1)]) for name in ("Ada", "Bob", "Eve")]
    odd = [told("London ever had Ada as own child!", {"Ada": 0, "London": 1}, [(0, 7, 1)])]

    book = PatternBook([*usual, *odd], whole, min_count=1, drop_frac=0.5)

    assert book.of((7,)) == [(0, " was born in ", 1, ".")]
    assert book.left_out["unusual"] == 1 and len(book) == 1


def test_triples_are_written_by_the_largest_pattern_and_the_rest_by_template(capitals):
    france = capitals.entity("Q11")
    rows = [row for row in capitals.triples.tolist() if row[0] == france]
    capital, borders = rows[0][1], rows[1][1]
    text = told("Ada hugs Byron, sees London.", ADA, [(0, capital, 2), (0, borders, 1)])
    writer = PatternWriter(PatternBook([text], whole, min_count=1), StatementBook(capitals))

    said = {joined(writer.pieces(rows, np.random.default_rng(seed))) for seed in range(20)}

    first = sorted((capital, borders)) == [capital, borders]
    assert first
    assert all(text.startswith("France hugs Paris, sees Germany. ") for text in said)
    assert all(text.count("Spain") == 1 for text in said)


def test_sentences_are_found_by_the_splitter():
    text = "Ada was born in London. It rained."
    item = told(text, {"Ada": 0, "London": 1}, [(0, 7, 1)])

    book = PatternBook([item], lambda text: [(0, 23), (24, len(text))], min_count=1)

    assert book.of((7,)) == [(0, " was born in ", 1, ".")]


def test_a_pattern_that_stands_in_one_sentence_alone_is_left_out():
    items = [told(f"{name} was born in London.", {name: 0, "London": 1}, [(0, 7, 1)]) for name in ("Ada", "Bob")]
    odd = told("Ada despised London.", {"Ada": 0, "London": 1}, [(0, 7, 1)])

    book = PatternBook([*items, odd], whole)

    assert book.of((7,)) == [(0, " was born in ", 1, ".")]
    assert book.left_out["seen_too_rarely"] == 1
