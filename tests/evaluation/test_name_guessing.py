import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation import FactSubsets, asked_facts
from kgpt.evaluation.name_guessing import NameGuesser, name_words
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Triple


def guesser_of(facts):
    """Of facts `name: country`, and whether each can be guessed."""
    items = [EntityRecord(f"Q{number}", name) for number, (name, _) in enumerate(facts)]
    items += [EntityRecord(country, country) for _, country in facts]
    graph, _ = build_graph([*items, *(Triple(f"Q{number}", "P27", land) for number, (_, land) in enumerate(facts))])
    asked = asked_facts(graph, FactSubsets(graph, (), {}), max_facts=len(facts))
    guesser = NameGuesser.learn(graph, {fact.relation for fact in asked})
    return {graph.entities.label(fact.head): guesser.is_guessable(fact) for fact in asked}


OTHERS = [(f"Person{number}", f"Land{number}") for number in range(9)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([("Apple Watch", "apple")], True),
        ([("Apple Watch", "Samsung")], False),
        ([("Sven Berg", "Sweden"), ("Sven A", "Sweden"), ("Sven B", "Sweden"), ("Sven C", "Sweden")], True),
        ([("Sven Berg", "Norway"), ("Sven A", "Sweden"), ("Sven B", "Sweden"), ("Sven C", "Sweden")], False),
        ([("Sven Berg", "Sweden"), ("Sven A", "Sweden"), ("Sven B", "Sweden")], False),
        ([("Sven Berg", "Sweden"), ("Sven A", "Sweden"), ("sven B", "Norway"), ("Sven C", "Sweden")], True),
        ([("S. Berg", "Sweden"), ("S. A", "Sweden"), ("S. B", "Sweden"), ("S. C", "Sweden")], False),
    ],
)
def test_a_name_gives_the_answer_away_by_string_or_by_its_words(facts, expected):
    assert guesser_of([*facts, *OTHERS])[facts[0][0]] is expected


def test_a_relations_usual_answer_is_not_guessed_from_a_name_that_says_no_more():
    facts = [(f"Sven{'' if n % 3 else 'ja'} P{n}", "Norway" if n % 5 == 0 else "Sweden") for n in range(60)]

    assert not any(guesser_of(facts).values())


@given(st.text())
def test_words_of_a_name_are_lower_case_and_have_letters(name):
    for word in name_words(name):
        assert word == word.casefold() and any(map(str.isalpha, word))
