import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.verbalization.entity_match import NormalizedText, entity_spans, normalized


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("He met THE BEATLES.", "The Beatles", ["THE BEATLES"]),
        ("She won the Palme d’Or, then left.", "Palme d'Or", ["Palme d’Or"]),
        ("St. Louis, St Louis and st louis", "St. Louis", ["St. Louis", "St Louis", "st louis"]),
        ("Parisian Paris", "Paris", ["Paris"]),
        ("A film.", "Film (1994)", ["film"]),
        ("Film (1994), a film.", "Film (1994)", ["Film (1994"]),
        ("Nothing here.", "Oslo", []),
        ("Nothing here.", "...", []),
    ],
)
def test_a_name_is_found_whatever_its_case_and_punctuation(text, name, found):
    assert [text[start:end] for start, end in entity_spans(NormalizedText(text), [name])] == found


@given(st.text(max_size=20), st.text(max_size=4))
def test_what_is_found_reads_as_the_name(text, name):
    for start, end in NormalizedText(text).spans_of(name):
        assert normalized(text[start:end]) == normalized(name)
