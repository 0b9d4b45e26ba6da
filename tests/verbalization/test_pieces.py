from hypothesis import given
from hypothesis import strategies as st

from kgpt.verbalization.pieces import Mention, capitalized, joined, linked

PIECES = st.lists(
    st.one_of(st.text(max_size=5), st.builds(Mention, st.integers(0, 9), st.text(max_size=5))), max_size=8
)


@given(PIECES)
def test_every_link_spans_the_name_of_its_mention(pieces):
    text, spans = linked(pieces)

    names = [(piece.name, piece.entity) for piece in pieces if isinstance(piece, Mention) and piece.name]
    assert text == joined(pieces)
    assert [(text[start:end], entity) for start, end, entity in spans] == names


def test_a_mention_that_begins_a_sentence_stays_a_mention():
    assert capitalized([Mention(3, "gold"), " shines."]) == [Mention(3, "Gold"), " shines."]
