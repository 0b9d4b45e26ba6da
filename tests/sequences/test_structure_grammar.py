import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sequences.structure_format import StructureFormat
from kgpt.sequences.structure_grammar import START, GraphNamesInWords, State, StructureGrammar
from kgpt.verbalization.structure import parse_structure


@pytest.fixture(scope="module")
def grammar(capitals, writing_words):
    form = StructureFormat(vocabulary=writing_words)
    names = GraphNamesInWords(capitals, form)
    return lambda text: StructureGrammar(writing_words.encode(text), names)


def walked(grammar, budget, rng):
    """Words drawn among those allowed until the structure ends or the budget is spent."""
    states, words = START, []
    while len(words) < budget and State("done") not in states:
        allowed = grammar.allowed(states, budget=budget - len(words))
        words.append(allowed[int(rng.integers(len(allowed)))])
        states = grammar.advance(states, words[-1])
        assert states
    return words


@given(st.integers(0, 10_000), st.integers(0, 60))
def test_whatever_is_drawn_parses_within_any_budget(grammar, capitals, writing_words, seed, budget):
    text = "Berlin is the capital of Germany (and a city; of many bridges)."
    known = {capitals.relations.label(number) for number in range(capitals.num_relations)}

    words = walked(grammar(text), budget, np.random.default_rng(seed))

    facts = parse_structure(writing_words.decode(words))
    assert facts is not None, writing_words.decode(words)
    assert {relation for _, relation, _ in facts} <= known
    plain = writing_words.decode(writing_words.encode(text)).replace(" ", "")
    assert all(end.replace(" ", "") in plain for head, _, tail in facts for end in (head, tail))


def test_every_structure_of_training_is_let_through(grammar, capitals, capital_passages, writing_words):
    form = StructureFormat(vocabulary=writing_words)
    for passage in capital_passages:
        city, country = (writing_words.encode(name) for name in (passage.text.split()[0], passage.text.split()[5]))
        target = form.target([(country, "capital", city), (city, "capital of", country)])
        reader, states = grammar(passage.text), START
        for place, word in enumerate(target.tolist()):
            assert word in reader.allowed(states, budget=len(target) - place)
            states = reader.advance(states, word)
        assert states == {State("done")}


def test_a_relation_the_graph_has_not_is_no_way_on(grammar, writing_words):
    form = StructureFormat(vocabulary=writing_words)
    berlin = writing_words.encode("Berlin")
    target = form.target([(berlin, "winter", berlin)]).tolist()
    reader, states = grammar("Berlin has a winter"), START

    for word in target:
        states = reader.advance(states, word)

    assert not states


def test_a_text_of_marks_alone_leaves_only_the_end(grammar, writing_words):
    assert grammar("( ; )").allowed(START, budget=50) == [writing_words.end]
