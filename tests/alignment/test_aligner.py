import pytest

from kgpt.alignment import Aligner, AlignmentSettings
from kgpt.kg import build_graph
from kgpt.records import NIL, Alignment, Document, EntityRecord, Link, Literal, Metadata, RelationRecord, Triple

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


def test_a_link_to_an_entity_that_the_graph_has_not_is_left_behind_and_counted():
    aligner = Aligner(GRAPH, AlignmentSettings())
    document = Document("d", TEXT, (Link(0, 6, "Q999"), GERMANY))

    (passage,) = aligner.passages(document)

    assert passage.links == (GERMANY,)
    assert aligner.dropped == {"link_not_in_graph": 1}


BORN = [
    Triple("Q1", "P19", "Q64"),
    Literal("Q1", "P569", "1930-05-11", "date"),
    Literal("Q1", "P2048", "1.75", "quantity", "Q11573"),
    EntityRecord("Q11573", "metre", ("m",)),
    EntityRecord("Q1", "Ada Example"),
]


def born(text, *links, extra=None, **settings):
    document = Document("d", text, links, Metadata(extra=extra or {}))
    (passage,) = Aligner(build_graph(BORN)[0], AlignmentSettings(**settings)).passages(document)
    return passage


def test_literals_are_aligned_where_their_head_is_linked():
    passage = born("Ada Example, born on 11 May 1930, is 1.75 m tall.", Link(0, 11, "Q1", 0.5))

    found = {item.literal.relation: (passage.text[item.start : item.end], item.confidence) for item in passage.literals}
    assert found == {"P569": ("11 May 1930", 0.5), "P2048": ("1.75", 0.5)}


def test_a_literal_in_another_sentence_counts_half_and_the_nearest_is_taken():
    passage = born("Ada Example was here. In 1930. On 11 May 1930.", Link(0, 11, "Q1"))

    assert [(item.start, item.confidence) for item in passage.literals] == [(34, 0.5)]


def test_without_literals_none_are_looked_for():
    assert born("Ada Example, 11 May 1930", Link(0, 11, "Q1"), literals=False).literals == ()


def test_the_title_is_the_subject_of_every_sentence_if_asked_for():
    told = {"extra": {"entity": "Q1"}}
    text, berlin = "Born in Berlin in 1930.", Link(8, 14, "Q64")

    assert born(text, berlin, **told).alignments == ()
    passage = born(text, berlin, subject="title", **told)
    assert passage.alignments == (Alignment(Triple("Q1", "P19", "Q64"), 0.5),)
    assert [item.literal.value for item in passage.literals] == ["1930-05-11"]


def test_a_pronoun_carries_the_subject_of_the_sentence_before():
    text = "Ada Example wrote. She was born in Berlin. Berlin is big."
    links = (Link(0, 11, "Q1"), Link(35, 41, "Q64"), Link(43, 49, "Q64"))

    (alignment,) = born(text, *links, subject="pronoun", across_sentences=False).alignments

    assert alignment == Alignment(Triple("Q1", "P19", "Q64"), 0.5)


def test_alignments_below_the_confidence_asked_for_are_left_out():
    passage = born("Ada Example, Berlin, 1930", Link(0, 11, "Q1"), Link(13, 19, "Q64", 0.4), min_confidence=0.5)

    assert passage.alignments == ()
    assert [item.confidence for item in passage.literals] == [0.6]


def test_of_several_relations_those_without_a_word_of_theirs_count_less():
    graph, _ = build_graph(
        [
            Triple("Q1", "P19", "Q64"),
            Triple("Q1", "P20", "Q64"),
            RelationRecord("P19", "birthplace", ("born in",)),
            RelationRecord("P20", "place of death", ("died in",)),
        ]
    )
    document = Document("d", "Ada was born in Berlin.", (Link(0, 3, "Q1"), Link(16, 22, "Q64")))

    (passage,) = Aligner(graph, AlignmentSettings()).passages(document)

    assert {item.triple.relation: item.confidence for item in passage.alignments} == {"P19": 1.0, "P20": 0.6}
