from kgpt.sequences.passage_pieces import passage_pieces
from kgpt.sequences.piecewise import PieceEncoder
from kgpt.verbalization.pieces import joined, linked


def test_a_passage_reads_as_it_was_written(writing_passages, writing_words, capital_passages, capitals):
    for number, passage in enumerate(capital_passages):
        text, spans = linked(passage_pieces(writing_passages, number, writing_words))

        links = [(link.start, link.end, capitals.entity(link.entity)) for link in passage.links]
        assert (text, spans) == (passage.text, links)


def test_its_pieces_have_its_words(writing_passages, writing_words):
    for number in range(len(writing_passages)):
        pieces = passage_pieces(writing_passages, number, writing_words)
        ids = PieceEncoder(writing_words).ids(pieces)
        assert joined(pieces) and ids.tolist() == writing_passages.word_ids(number).tolist()
