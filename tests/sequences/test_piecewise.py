import pytest

from kgpt.sequences.piecewise import PieceEncoder
from kgpt.verbalization.pieces import Mention, joined

TEXTS = [
    [Mention(0, "Berlin"), ", capital of, ", Mention(1, "Germany")],
    ["The capital of ", Mention(1, "Germany"), " is ", Mention(0, "Berlin"), "."],
    [Mention(0, "Berlin"), " (", Mention(1, "Germany"), ") is a city."],
    [Mention(0, "Berlin"), ", capital of, ", "<extra_id_0>"],
    ["<extra_id_0>", ", inverse of capital of, ", Mention(0, "Berlin")],
    ["", Mention(0, "Paris"), " ", Mention(1, "Rome"), "'s bridges"],
]


@pytest.mark.parametrize("pieces", TEXTS)
def test_pieces_have_the_ids_of_the_whole_text(pieces, writing_words):
    assert PieceEncoder(writing_words).ids(pieces).tolist() == writing_words.encode(joined(pieces)).tolist()


@pytest.mark.parametrize("pieces", TEXTS)
def test_an_anchor_holds_the_words_of_its_mention(pieces, writing_words):
    ids, anchors = PieceEncoder(writing_words).anchored(pieces)

    found = [(writing_words.decode(ids[start:end]), entity) for start, end, entity in anchors]
    assert found == [(piece.name, piece.entity) for piece in pieces if isinstance(piece, Mention)]


def test_nothing_has_no_ids(writing_words):
    assert PieceEncoder(writing_words).ids([]).tolist() == []
