import pytest

from kgpt.evaluation import FactSubsets, asked_facts
from kgpt.evaluation.facts import candidate_tails
from kgpt.records import Triple


@pytest.fixture
def subsets(capitals):
    stated, held_out = {Triple("Q10", "P36", "Q0")}, {Triple("Q11", "P47", "Q13")}
    return FactSubsets(graph=capitals, stated=stated, popular={"Q11": True}, held_out=held_out)


def test_a_fact_is_a_head_and_a_relation_with_all_tails(capitals, subsets):
    facts = {fact.id: fact for fact in asked_facts(capitals, subsets, max_facts=100)}

    found = [capitals.entities.ids[tail] for tail in facts["Q11|P47"].tails]
    assert sorted(found) == ["Q10", "Q13"]
    assert len(facts) == 12


def test_subsets_say_whether_text_states_it_who_it_is_about_and_whether_it_was_seen(capitals, subsets):
    facts = {fact.id: fact.subsets for fact in asked_facts(capitals, subsets, max_facts=100)}

    assert facts["Q10|P36"] == ("stated_in_text", "rare", "seen", "relation:P36")
    assert facts["Q11|P47"] == ("graph_only", "popular", "held_out", "relation:P47")


def test_a_held_out_tail_is_asked_for_first_and_then_one_that_text_states(capitals):
    borders = {"graph": capitals, "popular": {}}
    germany, italy = Triple("Q11", "P47", "Q10"), Triple("Q11", "P47", "Q13")

    def asked(**told):
        facts = {fact.id: fact for fact in asked_facts(capitals, FactSubsets(**borders, **told), max_facts=100)}
        fact = facts["Q11|P47"]
        return capitals.entities.ids[fact.tails[0]], fact.subsets[0], fact.subsets[2]

    assert asked(stated={italy}) == ("Q13", "stated_in_text", "seen")
    assert asked(stated={italy}, held_out={germany}) == ("Q10", "graph_only", "held_out")
    assert asked(stated={germany}, held_out={germany}) == ("Q10", "stated_in_text", "held_out")


def test_another_name_picks_other_facts(capitals, subsets):
    one, other = (asked_facts(capitals, subsets, max_facts=4, picked_by=name) for name in ("asked", "probe"))

    assert {fact.id for fact in one} != {fact.id for fact in other}


def test_fewer_facts_are_a_part_of_more(capitals, subsets):
    few, more = (asked_facts(capitals, subsets, max_facts=number) for number in (4, 9))

    assert more[:4] == few


def test_facts_to_leave_out_are_not_asked(capitals, subsets):
    everything = asked_facts(capitals, subsets, max_facts=100)
    found = asked_facts(capitals, subsets, max_facts=100, leave_out=[("Q10", "Q11"), ("Q0", "unknown")])

    assert {fact.id for fact in everything} - {fact.id for fact in found} == {"Q10|P47", "Q11|P47"}


def test_candidates_are_the_fact_s_tail_and_wrong_tails_of_its_relation(capitals, subsets):
    facts = {fact.id: fact for fact in asked_facts(capitals, subsets, max_facts=100)}

    def named(fact, **most):
        return [capitals.entities.ids[tail] for tail in candidate_tails(facts[fact], capitals, **most)]

    assert named("Q10|P36") == ["Q0", "Q1", "Q2", "Q3", "Q4"]
    assert named("Q11|P47") == ["Q13", "Q11"]
    assert named("Q10|P36", most=3)[0] == "Q0" and len(named("Q10|P36", most=3)) == 3
    assert set(named("Q10|P36", most=3)) <= set(named("Q10|P36", most=4))
