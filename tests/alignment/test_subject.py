import pytest

from kgpt.alignment.subject import carried_subjects, title_entity
from kgpt.errors import ConfigError
from kgpt.records import NIL, Document, Link, Metadata

TEXT = "Ada wrote. She left. Bob stayed."
SENTENCES = [(0, 10), (11, 20), (21, 32)]
LINKS = [[Link(0, 3, "Q1")], [], [Link(21, 24, "Q2")]]


def carried(carry, *, links=LINKS, language="en", **extra):
    document = Document("d", TEXT, tuple(link for held in links for link in held), Metadata(extra=extra))
    return carried_subjects(document, SENTENCES, links, carry, language)


def test_nothing_is_carried_unless_asked_for():
    assert carried("none", entity="Q9") == ["", "", ""]


def test_the_title_is_the_subject_of_sentences_that_do_not_name_it():
    assert carried("title", entity="Q1") == ["", "Q1", "Q1"]
    assert carried("title") == ["", "", ""]


def test_a_pronoun_carries_the_title_or_else_the_first_entity_before():
    assert carried("pronoun") == ["", "Q1", ""]
    assert carried("pronoun", entity="Q9") == ["", "Q9", ""]


def test_the_title_is_told_by_the_source_or_by_a_link_of_the_same_words():
    links = (Link(0, 3, "Q1"),)

    assert title_entity(Document("d", TEXT, links, Metadata(extra={"entity": "Q7"}))) == "Q7"
    assert title_entity(Document("d", TEXT, links, Metadata(extra={"title": "Ada"}))) == "Q1"
    assert title_entity(Document("d", TEXT, (Link(0, 3, NIL),), Metadata(extra={"title": "Ada"}))) == ""
    assert title_entity(Document("d", TEXT, links)) == ""


def test_pronouns_of_an_unknown_language_are_told():
    with pytest.raises(ConfigError, match=r"alignment.subject: kgpt knows no pronouns of 'xx'"):
        carried("pronoun", language="xx")
