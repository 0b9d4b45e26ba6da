import pytest
from pydantic import ValidationError

from kgpt.kg import build_graph
from kgpt.linking import Linker, LinkingSettings
from kgpt.records import NIL, Document, EntityRecord, Link, Triple

GRAPH, _ = build_graph([Triple("Q64", "P1", "Q183"), EntityRecord("Q64", "Berlin"), EntityRecord("Q183", "Germany")])
TEXT = "Berlin is in Germany."
OURS = (Link(0, 6, "Q64"), Link(13, 20, "Q183"))


def test_a_document_gets_its_links_in_reading_order():
    assert Linker.of(GRAPH).link(Document("d", TEXT)).links == OURS


def test_own_links_are_replaced_unless_asked_to_keep_them():
    document = Document("d", TEXT, (Link(0, 9, "Q183", 0.5),))

    assert Linker.of(GRAPH).link(document).links == OURS


def test_kept_links_stand_and_ours_fill_the_rest():
    document = Document("d", TEXT, (Link(0, 9, "Q183", 0.5),))

    linked = Linker.of(GRAPH, LinkingSettings(existing="keep")).link(document)

    assert linked.links == (Link(0, 9, "Q183", 0.5), Link(13, 20, "Q183"))


def test_kept_links_to_unknown_entities_give_way():
    document = Document("d", TEXT, (Link(0, 6, "Q999"), Link(13, 20, NIL)))

    assert Linker.of(GRAPH, LinkingSettings(existing="keep")).link(document).links == OURS


def test_given_mentions_keep_their_spans_and_get_an_entity_or_nil():
    document = Document("d", TEXT, (Link(0, 6, "Q1"), Link(7, 9, "Q2")))

    assert Linker.of(GRAPH).choose(document).links == (Link(0, 6, "Q64"), Link(7, 9, NIL, 0.0))


def test_linking_a_linked_document_again_changes_nothing():
    linker = Linker.of(GRAPH)

    once = list(linker.link_all([Document("d", TEXT)]))

    assert list(linker.link_all(once)) == once


def test_a_wrong_setting_is_refused():
    with pytest.raises(ValidationError, match="existing"):
        LinkingSettings(existing="drop")
