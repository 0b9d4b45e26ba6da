from kgpt.alignment.quality import AlignmentQuality, alignment_quality
from kgpt.records import AlignedPassage, Alignment, Document, Triple

ONE, TWO, THREE = (Triple("Q1", "P1", f"Q{n}") for n in range(3))


def passage(document, *triples):
    return AlignedPassage("p", document, "x", (), tuple(Alignment(triple, 1.0) for triple in triples))


def test_figures_are_over_the_documents_that_have_gold():
    documents = [Document("a", "x", triples=(ONE, TWO)), Document("b", "x")]
    passages = [passage("a", ONE), passage("a", ONE, THREE), passage("b", TWO)]

    assert alignment_quality(documents, passages) == AlignmentQuality(0.5, 0.5, 2, 2)


def test_nothing_predicted_scores_nothing():
    assert alignment_quality([Document("a", "x", triples=(ONE,))], []) == AlignmentQuality(0.0, 0.0, 1, 0)


def test_without_gold_there_are_no_figures():
    assert alignment_quality([Document("a", "x")], [passage("a", ONE)]) is None
