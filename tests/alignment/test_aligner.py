import pytest

from kgpt.alignment import Aligner, AlignmentSettings
from kgpt.errors import UnknownEntityError
from kgpt.kg import build_graph
from kgpt.records import NIL, Alignment, Document, Link, Metadata, Triple

CAPITAL, COUNTRY = Triple("Q183", "P36", "Q64"), Triple("Q64", "P17", "Q183")
GRAPH, _ = build_graph([CAPITAL, COUNTRY, Triple("Q64", "P1", "Q64"), Triple("Q64", "P1", "Q90")])
TEXT = "Berlin is in Germany. Paris is big."
BERLIN, GERMANY, PARIS = Link(0, 6, "Q64", 0.9), Link(13, 20, "Q183", 0.5), Link(22, 27, "Q90")


def passages(*links, **settings):
    document = Document("d", TEXT, links, Metadata(source="web"))
    return list(Aligner(GRAPH, AlignmentSettings(**settings)).align([document]))


def test_triples_between_two_links_of_a_sentence_are_aligned_in_both_directions():
    (passage,) = passages(BERLIN, GERMANY)

    assert {item.triple: item.confidence for item in passage.alignments} == pytest.approx(
        {CAPITAL: 0.45, COUNTRY: 0.45}
    )


def test_ends_in_different_sentences_count_half():
    (passage,) = passages(BERLIN, PARIS)

    assert passage.alignments == (Alignment(Triple("Q64", "P1", "Q90"), 0.45),)


def test_ends_in_different_sentences_can_be_left_out():
    (passage,) = passages(BERLIN, PARIS, across_sentences=False)

    assert passage.alignments == ()


def test_the_surest_pair_of_links_decides():
    (passage,) = passages(Link(0, 6, "Q64", 0.2), GERMANY, Link(7, 9, "Q64", 0.8))

    assert {item.confidence for item in passage.alignments} == {0.4}


def test_an_entity_is_not_paired_with_itself():
    (passage,) = passages(BERLIN, Link(7, 9, "Q64"))

    assert passage.alignments == ()


def test_links_that_are_nil_are_left_behind():
    (passage,) = passages(Link(0, 6, NIL), GERMANY)

    assert passage.links == (GERMANY,)


def test_passages_are_cut_between_sentences_and_their_links_move_with_them():
    first, second = passages(BERLIN, PARIS, min_words=1)

    assert (first.id, first.text, first.links) == ("d#0", "Berlin is in Germany.", (BERLIN,))
    assert (second.id, second.text, second.links) == ("d#1", "Paris is big.", (Link(0, 5, "Q90"),))
    assert second.metadata == Metadata(source="web")


def test_a_passage_does_not_grow_beyond_its_words():
    assert [p.text for p in passages(max_words=6)] == ["Berlin is in Germany.", "Paris is big."]
    assert [p.text for p in passages(max_words=7)] == [TEXT]


def test_a_link_to_an_entity_that_the_graph_has_not_is_told():
    with pytest.raises(UnknownEntityError, match="entity 'Q999' is not in the graph"):
        passages(Link(0, 6, "Q999"))
