import pytest

from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization.english import Pronouns, article, listed, relations_called, with_article
from kgpt.verbalization.pieces import Mention, joined


@pytest.mark.parametrize(
    "noun", ["city", "European", "one-hit wonder", "uniform", "user", "Utah", "BBC show", "ukulele"]
)
def test_a_stands_before_a_consonants_sound(noun):
    assert article(noun) == "a"


@pytest.mark.parametrize("noun", ["island", "uncle", "hour", "heir", "NBA team", "FM station", "Indian", "umbrella"])
def test_an_stands_before_a_vowels_sound(noun):
    assert article(noun) == "an"


def test_only_a_closing_article_is_changed():
    assert with_article(" is a ", "island") == " is an "
    assert with_article(" has a seat in ", "Oslo") == " has a seat in "


def test_names_are_listed_with_commas_and_and():
    names = [Mention(0, "poet"), Mention(1, "actor"), Mention(2, "spy")]

    assert joined(listed(names[:1])) == "poet"
    assert joined(listed(names)) == "poet, actor and spy"
    assert joined(listed(names, has_article=True)) == "poet, an actor and a spy"


def test_a_pronoun_follows_sex_or_kind_and_is_missing_where_unknown():
    names = {"Q1": "Ada", "Q2": "Oslo", "Q3": "someone", "Q4": "x", "Q5": "human", "Q6": "city", "Q7": "female"}
    triples = [("Q1", "P31", "Q5"), ("Q1", "P21", "Q7"), ("Q2", "P31", "Q6"), ("Q3", "P31", "Q5"), ("Q4", "P9", "Q6")]
    items = [*(EntityRecord(*one) for one in names.items()), *(Triple(*one) for one in triples)]
    graph, _ = build_graph([*items, RelationRecord("P21", "sex or gender"), RelationRecord("P31", "instance of")])

    pronouns = Pronouns(graph)

    told = {graph.entities.label(number): pronouns.of(number) for number in range(4)}
    assert told == {"Ada": "she", "Oslo": "it", "someone": None, "x": None}


def test_a_relation_is_found_by_id_or_label():
    graph, _ = build_graph([Triple("a", "kind", "b"), Triple("a", "P31", "b"), RelationRecord("kind", "Instance of")])

    found = relations_called(graph, {"P31"}, {"instance of"})

    assert sorted(graph.relations.ids[number] for number in found) == ["P31", "kind"]
