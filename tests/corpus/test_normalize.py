import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.normalize import normalize
from kgpt.records import Document, Dropped, Link
from kgpt.text import nfc, squeeze

alphabet = st.sampled_from("ab é\u0301\u00a0\t\n\r\x0c\x07\u200b\ufeff\x1f.")


@st.composite
def documents(draw):
    text = draw(st.text(alphabet, min_size=1, max_size=30) | st.text(min_size=1, max_size=10))
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda span: span[0] < span[1])
    links = draw(st.lists(spans, max_size=3))
    return Document("d", text, tuple(Link(start, end, f"Q{n}") for n, (start, end) in enumerate(links)))


def bare(text):
    return squeeze(nfc(re.sub(r"[\x00-\x08\x0e-\x1b\x7f\u200b\ufeff]", "", text)))


@given(documents())
def test_links_keep_the_text_of_their_words(document):
    after = normalize(document)

    if isinstance(after, Document):
        old = {link.entity: document.surface(link) for link in document.links}
        for link in after.links:
            assert bare(after.surface(link)) == bare(old[link.entity])
            assert link.end <= len(after.text)


@given(documents())
def test_a_link_goes_only_where_nothing_of_its_words_is_left(document):
    after = normalize(document)

    left = {link.entity for link in after.links} if isinstance(after, Document) else set()
    assert all(not bare(document.surface(link)) for link in document.links if link.entity not in left)


@given(documents())
def test_the_words_of_the_text_stay_in_order(document):
    after = normalize(document)

    assert bare(after.text if isinstance(after, Document) else "") == bare(document.text)


@given(documents())
def test_normalising_twice_changes_nothing_more(document):
    after = normalize(document)

    if isinstance(after, Document):
        assert normalize(after) == after


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Poincare\u0301", "Poincaré"),
        ("a \t\u00a0b", "a b"),
        ("a \r\n b", "a\nb"),
        ("a \r\n \n b", "a\n\nb"),
        ("a\n\n\n\n\tb", "a\n\nb"),
        ("one\x0ctwo\rthree\x1ffour", "one two three four"),
        ("\ufeffa\u200bb\x07", "ab"),
    ],
)
def test_the_text_gets_one_form(text, normal):
    assert normalize(Document("d", text)) == Document("d", normal)


def test_a_document_with_nothing_left_goes_as_empty():
    assert normalize(Document("d", "\u200b \n")) == Dropped("d", "empty")
    assert normalize(Document("d", "")) == Dropped("d", "empty")
