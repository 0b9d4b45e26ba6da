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


def test_fewer_facts_are_a_part_of_more(capitals, subsets):
    few, more = (asked_facts(capitals, subsets, max_facts=number) for number in (4, 9))

    assert more[:4] == few


def test_facts_to_leave_out_are_not_asked(capitals, subsets):
    found = asked_facts(capitals, subsets, max_facts=100, leave_out={"Q11|P47"})

    assert "Q11|P47" not in {fact.id for fact in found}


def test_candidates_are_the_fact_s_tail_and_wrong_tails_of_its_relation(capitals, subsets):
    facts = {fact.id: fact for fact in asked_facts(capitals, subsets, max_facts=100)}

    def named(fact, **most):
        return [capitals.entities.ids[tail] for tail in candidate_tails(facts[fact], capitals, **most)]

    assert named("Q10|P36") == ["Q0", "Q1", "Q2", "Q3", "Q4"]
    assert named("Q11|P47") == ["Q10", "Q11"]
    assert named("Q10|P36", most=3)[0] == "Q0" and len(named("Q10|P36", most=3)) == 3
    assert set(named("Q10|P36", most=3)) <= set(named("Q10|P36", most=4))
