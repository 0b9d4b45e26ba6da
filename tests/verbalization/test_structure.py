import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.verbalization.structure import MARKS, parse_structure, unmarked, write_structure

NAMES = st.text(alphabet=st.characters(exclude_characters=MARKS, exclude_categories=["C", "Z"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=4))
def test_what_is_written_is_parsed_back(facts):
    assert parse_structure(write_structure(facts)) == facts


@given(st.text(alphabet="ab (;)", max_size=30))
def test_every_text_parses_or_is_malformed_and_a_parse_is_written_back_alike(text):
    facts = parse_structure(text)

    if facts is not None:
        assert parse_structure(write_structure(facts)) == facts
        assert text.count("(") == text.count(")") == len(facts)


@pytest.mark.parametrize(
    "text", ["( a ; b )", "( a ; b ; c", "( a ; b ; c ; d )", "a ; b ; c", "( a ; ; c )", "()", "x"]
)
def test_what_is_no_structure_is_malformed(text):
    assert parse_structure(text) is None


def test_nothing_states_nothing():
    assert parse_structure("") == parse_structure("  ") == []


@given(st.text(max_size=10))
def test_a_name_without_marks_can_stand_in_a_structure(name):
    assert not set(unmarked(name)) & set(MARKS)
