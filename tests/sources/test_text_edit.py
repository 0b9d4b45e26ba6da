import re

from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.text_edit import substitute

texts = st.text(alphabet="ab -", max_size=20)


@st.composite
def texts_with_spans(draw):
    text = draw(texts.filter(bool))
    cuts = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda span: span[0] < span[1])
    return text, draw(st.lists(cuts, max_size=4))


@given(texts_with_spans(), st.sampled_from(["", " ", "xyz"]))
def test_a_span_holds_its_letters_wherever_they_move(marked, new):
    text, spans = marked

    changed, moved = substitute(text, spans, re.compile("[ -]+"), lambda _: new)

    assert changed == re.sub("[ -]+", new, text)
    for (start, end), (first, last) in zip(spans, moved, strict=True):
        letters = re.sub("[ -]+", "", text[start:end])
        assert 0 <= first <= last <= len(changed)
        assert re.sub("[ xyz]+", "", changed[first:last]) == letters


def test_a_span_within_a_match_comes_out_empty():
    assert substitute("a---b", [(2, 3)], re.compile("-+"), lambda _: "-") == ("a-b", [(2, 2)])
