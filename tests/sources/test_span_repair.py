from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.span_repair import MAX_DRIFT_CHARS, MarkedSpan, Place, repair_spans

NAMES = ["Oslo", "Rome", "Ulm", "Évian", "日本", "New York", "C++", "a.b"]


def marked(text, name, *, drift, after=0):
    start = text.index(name, after)
    return MarkedSpan(start - drift, start - drift + len(name), name)


@given(st.permutations(NAMES), st.integers(1, 8), st.sampled_from([" ", ", ", " and "]), st.integers(-6, 6))
def test_spans_of_one_drift_go_back_to_their_words(names, num_names, between, drift):
    text, truth = " " * 6, []
    for name in names[:num_names]:
        truth.append((len(text), len(text) + len(name)))
        text += name + between

    spans = [MarkedSpan(start - drift, end - drift, text[start:end]) for start, end in truth]
    places = repair_spans(text, spans)

    assert places == [Place(start, end, repaired=drift != 0) for start, end in truth]


def test_a_span_that_fits_stays():
    assert repair_spans("Oslo Oslo", [MarkedSpan(5, 9, "Oslo")]) == [Place(5, 9)]


def test_the_drift_of_the_neighbours_chooses_among_occurrences():
    text = "Rome, Oslo or Oslo."
    spans = [MarkedSpan(4, 8, "Rome"), MarkedSpan(10, 14, "Oslo")]

    assert repair_spans(text, spans) == [Place(0, 4, True), Place(6, 10, True)]


def test_no_two_spans_take_one_place():
    text = "Oslo and Oslo"
    spans = [MarkedSpan(0, 4, "Oslo"), MarkedSpan(7, 11, "Oslo")]

    assert repair_spans(text, spans) == [Place(0, 4), Place(9, 13, True)]


def test_part_of_a_longer_word_is_a_place_only_by_the_drift_of_others():
    text = "Oslo has nunataks"
    spans = [MarkedSpan(2, 6, "Oslo"), marked(text, "nunatak", drift=-2)]

    assert repair_spans(text, spans) == [Place(0, 4, True), Place(9, 16, True)]
    assert repair_spans(text, spans[1:]) == [None]


def test_words_that_are_nowhere_near_have_no_place():
    far = "Oslo" + " " * (MAX_DRIFT_CHARS + 10)

    assert repair_spans(far, [MarkedSpan(len(far) - 4, len(far), "Oslo")]) == [None]
    assert repair_spans("Oslo", [MarkedSpan(0, 4, "Rome"), MarkedSpan(0, 0, ""), MarkedSpan(2, 90, " ")]) == [None] * 3
