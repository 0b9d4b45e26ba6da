import numpy as np

from kgpt.records import NIL, Document, Link, Triple
from kgpt.verbalization.document_source import DocumentSource, document_pieces
from kgpt.verbalization.pieces import Mention, joined, linked

TEXT = "Berlin is the capital of Germany."
LINKS = (Link(0, 6, "Q0"), Link(25, 32, "Q10"))


def test_a_documents_links_are_its_mentions(capitals):
    pieces = document_pieces(Document("d", TEXT, LINKS), capitals)

    berlin, germany = capitals.entity("Q0"), capitals.entity("Q10")
    assert linked(pieces) == (TEXT, [(0, 6, berlin), (25, 32, germany)])


def test_links_to_nothing_or_over_others_stay_text(capitals):
    links = (*LINKS, Link(3, 9, "Q1"), Link(10, 13, NIL), Link(14, 21, "Q999"))

    pieces = document_pieces(Document("d", TEXT, links), capitals)

    assert joined(pieces) == TEXT
    assert [piece.name for piece in pieces if isinstance(piece, Mention)] == ["Berlin", "Germany"]


def test_documents_that_tell_what_the_graph_has_not_are_left_out(capitals):
    right = Document("a", TEXT, LINKS, triples=(Triple("Q10", "P36", "Q0"),))
    wrong = Document("b", TEXT, LINKS, triples=(Triple("Q10", "P36", "Q0"), Triple("Q10", "P36", "Q1")))
    unknown = Document("c", TEXT, LINKS, triples=(Triple("Q999", "P36", "Q1"),))

    source = DocumentSource([right, wrong, unknown, Document("d", TEXT, LINKS)], capitals)

    assert len(source) == 1 and joined(source.pieces(0, np.random.default_rng(0))) == TEXT
    assert source.left_out == {"not_in_graph": 2, "tells_no_triple": 1}
    assert source.rows == [[capitals.numbers(Triple("Q10", "P36", "Q0"))]]
