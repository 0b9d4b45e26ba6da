import unicodedata
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.linking.tokenizing import HAS_LOWER, HAS_UPPER, IS_WORD, UPPER_START, _composed, code_points, tokenize

CHARACTERS = "abAB é’'-.,·\u0301\u0308\u0327\u0338\n\u00a0北京กุทย가각\u1100\u1161\u11a8\u09c7\u09be\ud800😀İßﬁ\u2adc_9"
ANY_TEXT = st.one_of(st.text(st.sampled_from(CHARACTERS), max_size=20), st.text(max_size=20))


def spans(text, *, fold_case=True):
    tokens = tokenize(text, fold_case=fold_case)
    return list(zip(tokens.starts.tolist(), tokens.stops.tolist(), strict=True))


def words(text):
    return [text[start:stop] for start, stop in spans(text)]


def keys(text, *, fold_case=True):
    return tokenize(text, fold_case=fold_case).keys.tolist()


@settings(deadline=None)
@given(ANY_TEXT.filter(lambda text: unicodedata.is_normalized("NFC", text)))
def test_tokens_tile_all_that_is_not_blank(text):
    covered = [place for start, stop in spans(text) for place in range(start, stop)]

    assert covered == [place for place, character in enumerate(text) if not character.isspace()]


@settings(deadline=None)
@given(ANY_TEXT)
def test_every_span_is_a_piece_of_the_text_in_any_form(text):
    found = spans(text)

    assert all(0 <= start < stop <= len(text) for start, stop in found)
    assert found == sorted(found)


@settings(deadline=None)
@given(ANY_TEXT)
def test_composing_by_clusters_is_composing_the_whole(text):
    composed, places = _composed(text)

    assert composed == unicodedata.normalize("NFC", text)
    assert len(places) == len(composed) + 1
    assert (places[:-1] <= places[1:]).all()


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_decomposed_text_has_the_keys_of_the_composed_one(text):
    assert keys(unicodedata.normalize("NFD", text)) == keys(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(st.text(st.sampled_from("abAB éÉ9_.,'- "), max_size=20))
def test_words_are_runs_of_word_characters(text):
    runs = groupby(text, key=lambda character: character.isalnum() or character == "_")
    expected = [part for is_word, run in runs for part in (["".join(run)] if is_word else run) if part != " "]

    assert words(text) == expected


@settings(deadline=None)
@given(st.text(st.sampled_from("abAB éÉß"), max_size=12), st.text(st.sampled_from("abAB éÉß"), max_size=12))
def test_keys_are_equal_where_the_words_are(one, other):
    same = [word.lower() for word in one.split()] == [word.lower() for word in other.split()]

    assert (keys(one) == keys(other)) == same
    assert (keys(one, fold_case=False) == keys(other, fold_case=False)) == (one.split() == other.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoe\u0308's cafe\u0301", ["Zoe\u0308", "'", "s", "cafe\u0301"]),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8 x", ["\u1112\u1161\u11ab\u1100\u116e\u11a8", "x"]),
        ("北京 in", ["北", "京", "in"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("กุe\u0301", ["ก", "ุ", "e\u0301"]),
        ("\u09ac\u09c7\u09be x", ["\u09ac\u09c7\u09be", "x"]),
        ("a\ud800b", ["a", "\ud800", "b"]),
        ("", []),
        (" \n", []),
    ],
)
def test_scripts_and_forms(text, expected):
    assert words(text) == expected


def test_typographic_marks_are_as_plain_ones():
    assert keys("O’Hara – “x”") == keys('O\'Hara - "x"')


def test_flags_tell_the_case():
    tokens = tokenize("Berlin NATO iPhone the ,", fold_case=True)

    assert tokens.flags.tolist() == [
        UPPER_START | HAS_UPPER | HAS_LOWER | IS_WORD,
        UPPER_START | HAS_UPPER | IS_WORD,
        HAS_UPPER | HAS_LOWER | IS_WORD,
        HAS_LOWER | IS_WORD,
        0,
    ]


def test_code_points_are_the_characters():
    assert code_points("a😀\ud800").tolist() == [0x61, 0x1F600, 0xD800]
