import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.alignment.sentence import sentence_splitter
from kgpt.errors import ConfigError


@given(st.text(alphabet="ab .!?\n é𝔘", max_size=40))
def test_sentences_are_in_order_and_cover_all_but_blanks(text):
    spans = sentence_splitter()(text)

    assert all(start < end for start, end in spans)
    assert [p for span in spans for p in span] == sorted(p for span in spans for p in span)
    inside = {place for start, end in spans for place in range(start, end)}
    assert all(place in inside for place, char in enumerate(text) if not char.isspace())


def test_a_text_is_cut_at_its_full_stops():
    text = "Berlin grows. Why? It is big."

    assert [text[start:end] for start, end in sentence_splitter()(text)] == [
        "Berlin grows.",
        "Why?",
        "It is big.",
    ]


def test_a_book_of_more_than_a_million_characters_is_cut():
    assert len(sentence_splitter()("x" * 1_000_000 + ". Next one.")) == 2


def test_an_unknown_language_is_told():
    with pytest.raises(ConfigError, match=r"alignment\.language: spaCy knows no language 'xq'"):
        sentence_splitter("xq")
