import unicodedata

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgpt.linking.matching import Matches, longest, longest_spans, match
from kgpt.linking.tokenizing import tokenize

WORDS = st.sampled_from(["a", "A", "b", "é", "e\u0301", "É", "-", "'", ".", "北", "ก"])
TEXTS = st.lists(st.sampled_from(["a", "A", "b", "é", "e\u0301", "É", "-", ".", "北", "ก", " ", " "]), max_size=14)
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=8, unique=True)
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def reference(text, names, *, fold_case):
    """All places where the words of a name stand, by the words themselves."""
    tokens = tokenize(text, fold_case=fold_case)
    said = [_form(text[a:b], fold_case) for a, b in zip(tokens.starts, tokens.stops, strict=True)]
    wanted = {tuple(_form(part, fold_case) for part in name.split()) for name in names}
    places = [(a, b) for a in range(len(said)) for b in range(a + 1, len(said) + 1)]
    return [(a, b) for a, b in places if tuple(said[a:b]) in wanted]


def _form(text, fold_case):
    composed = unicodedata.normalize("NFC", text)
    return composed.lower() if fold_case else composed


def greedy(spans):
    """The longest at each place from left to right."""
    kept, place = [], 0
    for first, last in sorted(spans, key=lambda span: (span[0], -span[1])):
        if first >= place:
            kept.append((first, last))
            place = last
    return kept


def pairs(matches):
    return list(zip(matches.first.tolist(), matches.last.tolist(), strict=True))


@pytest.mark.parametrize("fold_case", [True, False])
@slow
@given(text=TEXTS.map("".join), names=NAMES)
def test_all_names_of_a_text_are_found_and_no_others(index_of, text, names, fold_case):
    index = index_of(names, fold_case=fold_case)

    found = match(tokenize(text, fold_case=fold_case), index)

    assert pairs(found) == reference(text, names, fold_case=fold_case)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), max_size=12, unique=True))
def test_the_longest_are_the_greedy_ones(places):
    spans = sorted((first, first + size) for first, size in places)
    first, last = np.array(spans, np.int64).reshape(-1, 2).T

    assert pairs(longest(Matches(first, last, first))) == greedy(spans)


@slow
@given(texts=st.lists(TEXTS.map("".join), max_size=4), names=NAMES)
def test_a_batch_gives_what_its_texts_give_one_by_one(index_of, texts, names):
    index = index_of(names)

    found = longest_spans(texts, index)

    expected = []
    for number, text in enumerate(texts):
        tokens = tokenize(text, fold_case=True)
        for first, last in greedy(reference(text, names, fold_case=True)):
            expected.append([number, int(tokens.starts[first]), int(tokens.stops[last - 1])])
    assert found.tolist() == expected


def test_a_name_is_told_by_its_number(index_of):
    index = index_of(["New York", "York", "New York City"])

    found = match(tokenize("new york city", fold_case=True), index)

    assert [len(index.candidates_of(int(name), np.uint64(0), max_candidates=9)) for name in found.names] == [1, 1, 1]
    assert len(set(found.names.tolist())) == 3


def test_more_names_than_tokens_are_all_found(index_of):
    names = [" ".join("a" * size) for size in range(1, 40)]

    assert len(match(tokenize(" ".join("a" * 60), fold_case=True), index_of(names))) == sum(60 - n for n in range(39))


def test_no_text_has_no_names(index_of):
    assert longest_spans([], index_of(["a"])).shape == (0, 3)
    assert longest_spans(["", ""], index_of(["a"])).shape == (0, 3)
