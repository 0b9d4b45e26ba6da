import pytest

from kgpt.kg import build_graph
from kgpt.linking.alias_index import AliasIndex
from kgpt.linking.disambiguation import Disambiguator, Weights
from kgpt.linking.mention import Mention, find_mentions
from kgpt.records import NIL, EntityRecord, Link, Triple

GRAPH, _ = build_graph(
    [
        *(Triple("Q1", "P1", f"Q{n}") for n in range(10, 20)),
        Triple("Q2", "P1", "Q3"),
        EntityRecord("Q1", "Python", description="genus of snakes in the jungle"),
        EntityRecord("Q2", "Python", description="programming language for software"),
        EntityRecord("Q3", "Guido van Rossum"),
    ]
)
INDEX = AliasIndex.of(GRAPH)


def choose(text, **weights):
    return Disambiguator(GRAPH, Weights(**weights)).choose(text, list(find_mentions(text, INDEX)))


def test_the_prior_decides_where_nothing_else_speaks():
    assert [link.entity for link in choose("I like Python")] == ["Q1"]


def test_the_words_around_can_beat_the_prior():
    assert [link.entity for link in choose("Software in the programming language Python")] == ["Q2"]


def test_the_other_entities_of_the_text_can_beat_the_prior():
    assert [link.entity for link in choose("Guido van Rossum made Python", context=0)] == ["Q3", "Q2"]


def test_a_mention_without_candidates_is_nil():
    assert Disambiguator(GRAPH).choose("nothing", [Mention(0, 7, ())]) == [Link(0, 7, NIL, 0.0)]


def test_a_choice_below_the_threshold_is_nil_with_its_score():
    (link,) = choose("I like Python", nil_threshold=0.99)

    assert link.entity == NIL
    assert 0 < link.score < 0.99


def test_a_single_candidate_is_certain():
    assert choose("Guido van Rossum") == [Link(0, 16, "Q3", 1.0)]


def test_scores_of_a_mention_are_its_share_of_all_candidates():
    (first,) = choose("I like Python", context=0, coherence=0)

    prior = INDEX.candidates["Python"][0].prior
    assert first.score == pytest.approx(prior)
