import pytest

from kgpt.alignment.quality import QualityTally, measure_alignment, relation_counts
from kgpt.kg import build_graph
from kgpt.records import AlignedPassage, Alignment, Document, Literal, LiteralAlignment, Triple

ONE, TWO, THREE = (Triple("Q1", "P1", f"Q{n}") for n in (2, 3, 4))
OTHER, UNKNOWN = Triple("Q1", "P2", "Q2"), Triple("Q1", "P2", "Q9")
GRAPH, _ = build_graph([ONE, TWO, THREE, OTHER])


def passage(document, *triples, literals=()):
    return AlignedPassage("p", document, "x", (), tuple(Alignment(one, 0.5) for one in triples), literals=literals)


def tally(documents, passages):
    return measure_alignment(GRAPH, documents, passages)


def test_figures_are_over_the_documents_that_have_gold():
    documents = [Document("a", "x", triples=(ONE, TWO)), Document("b", "x"), Document("c", "x", triples=(ONE,))]
    passages = [passage("a", ONE), passage("a", ONE, THREE), passage("b", TWO), passage("c", ONE)]

    whole = tally(documents, passages).whole()

    assert (whole.num_gold, whole.num_predicted, whole.num_right) == (3, 3, 2)
    assert (whole.precision, whole.recall) == pytest.approx((2 / 3, 2 / 3))


def test_only_judged_relations_can_be_wrong():
    document = Document("a", "x", triples=(ONE,), judged_relations=("P1",))

    whole = tally([document], [passage("a", ONE, OTHER)]).whole()

    assert (whole.precision, whole.num_predicted) == (1.0, 1)


def test_a_document_judged_to_state_nothing_makes_predictions_wrong():
    document = Document("a", "x", judged_relations=("P1",))

    assert tally([document], [passage("a", ONE)]).whole().precision == 0.0


def test_recall_in_the_graph_leaves_out_gold_that_no_graph_can_align():
    whole = tally([Document("a", "x", triples=(OTHER, UNKNOWN))], [passage("a", OTHER)]).whole()

    assert (whole.recall, whole.recall_in_graph, whole.num_gold_in_graph) == (0.5, 1.0, 1)


def test_relations_have_figures_of_their_own():
    document = Document("a", "x", triples=(ONE, TWO, OTHER))

    found = tally([document], [passage("a", ONE, THREE)]).by_relation()

    assert list(found) == ["P1", "P2"]
    assert (found["P1"].precision, found["P1"].recall) == (0.5, 0.5)
    assert (found["P2"].precision, found["P2"].recall) == (0.0, 0.0)


def test_without_gold_there_are_no_figures():
    assert QualityTally(GRAPH).as_json() is None
    assert tally([Document("a", "x")], [passage("a", ONE)]).whole() is None


def test_relations_are_counted_with_their_mean_confidence():
    literal = LiteralAlignment(Literal("Q1", "P9", "1999", "date"), 0, 1, 1.0)

    counts = relation_counts([passage("a", ONE, TWO), passage("b", OTHER, literals=(literal,))])

    assert counts == {
        "P1": {"num_alignments": 2, "mean_confidence": 0.5},
        "P2": {"num_alignments": 1, "mean_confidence": 0.5},
        "P9": {"num_alignments": 1, "mean_confidence": 1.0},
    }
