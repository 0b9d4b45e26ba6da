import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.text import nfc, normalize_answer, squeeze, table, words


def test_composed_and_decomposed_names_become_equal():
    assert nfc("Poincare\u0301") == "Poincaré"


@given(st.text())
def test_squeezed_text_has_single_blanks_and_the_same_words(text):
    assert squeeze(text) == " ".join(text.split())


@given(st.text())
def test_words_lose_nothing_but_blanks(text):
    assert "".join(words(text)) == "".join(text.split())


def test_a_word_keeps_its_apostrophe():
    assert words("O'Hara’s book, 1936.") == ["O'Hara’s", "book", ",", "1936", "."]


@pytest.mark.parametrize(
    ("answer", "normal"),
    [
        ("The  Netherlands.", "netherlands"),
        ("a man, an axe", "man axe"),
        ("U.S.A.", "usa"),
        ("Theatre", "theatre"),
    ],
)
def test_answers_compare_as_in_squad(answer, normal):
    assert normalize_answer(answer) == normal


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_normalising_an_ascii_answer_twice_changes_nothing_more(text):
    once = normalize_answer(text)

    assert normalize_answer(once) == once


def test_a_table_aligns_the_first_column_left_and_the_rest_right():
    assert table(["arm", "n"], [["text", "10"], ["a", "5"]]) == "arm    n\ntext  10\na      5"
