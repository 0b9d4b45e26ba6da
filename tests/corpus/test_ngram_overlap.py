from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.ngram_overlap import contains, longest_shared, quoted, sharing_texts, word_texts

TEXTS = st.lists(st.lists(st.sampled_from("bcde"), max_size=8).map(" ".join), max_size=5)


def both(texts, others):
    numbers = {}
    return word_texts(texts, numbers), word_texts(others, numbers)


def grams(text, num_words):
    words = text.split()
    return {tuple(words[place : place + num_words]) for place in range(len(words) - num_words + 1)}


@given(TEXTS, TEXTS, st.integers(1, 4))
def test_texts_share_a_stretch_just_where_their_words_do(texts, others, num_words):
    known = set().union(*(grams(other, num_words) for other in others))

    found = sharing_texts(*both(texts, others), num_words)

    assert found.tolist() == [bool(grams(text, num_words) & known) for text in texts]


@given(TEXTS, TEXTS)
def test_a_text_is_quoted_where_all_of_it_stands_in_a_row(texts, others):
    found = quoted(*both(texts, others))

    for text, places in zip(texts, found, strict=True):
        length = len(text.split())
        wanted = [n for n, one in enumerate(others) if length and tuple(text.split()) in grams(one, length)]
        assert places == wanted


def test_the_longest_run_is_counted_in_words_and_ends_with_its_text():
    found = longest_shared(*both(["b c d e x", "d e f", "x y"], ["b c d e", "f g"]), 2)

    assert found.tolist() == [4, 2, 0]


def test_a_phrase_is_contained_as_whole_words():
    assert contains("He lived in New York.", ["new york"])
    assert not contains("Newark", ["new", ""])
