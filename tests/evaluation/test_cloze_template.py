from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation import FactSubsets, asked_facts
from kgpt.evaluation.cloze_template import evaluate_cloze_templates, mean_over_relations, template_metrics
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.ranking import rank
from kgpt.records import Outcome
from kgpt.sources.cloze_templates import ClozeTemplate

CAPITAL = ClozeTemplate("P36", "The capital of [X] is [Y].")
PARAPHRASES = [CAPITAL, ClozeTemplate("P36", "[Y] is the capital of [X]."), ClozeTemplate("P36", "[X], capital [Y]")]


@pytest.fixture(scope="module")
def facts(capitals):
    return asked_facts(capitals, FactSubsets(graph=capitals, stated=(), popular={}), max_facts=100)


@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_a_fact_is_asked_with_its_relations_template_among_its_relations_tails(kind, request, facts, capitals):
    loaded = request.getfixturevalue(kind)

    outcomes = evaluate_cloze_templates(loaded, facts, capitals, [CAPITAL])

    cities = [f"Q{number}" for number in range(5)]
    labels = [capitals.entities.label(capitals.entity(city)) for city in cities]
    values = {one.item: one.value for one in outcomes if one.metric == "mrr"}
    assert values.keys() == {f"Q1{number}|P36" for number in range(5)}
    for number in range(5):
        country = capitals.entities.label(capitals.entity(f"Q1{number}"))
        scores = score_labels(loaded, f"The capital of {country} is [Y].", labels)
        assert values[f"Q1{number}|P36"] == pytest.approx(1 / rank(scores, truth=number))
    assert {one.metric for one in outcomes} == {"p_at_1", "p_at_10", "mrr"}
    assert all({"relation:P36", "uhn", "rare"} <= set(one.subsets) for one in outcomes)


def test_paraphrases_add_consistency(writer, facts, capitals):
    outcomes = evaluate_cloze_templates(writer, facts, capitals, PARAPHRASES)

    single = [evaluate_cloze_templates(writer, facts, capitals, [one]) for one in PARAPHRASES]
    for fact in {one.item for one in outcomes}:
        found = {one.metric: one.value for one in outcomes if one.item == fact}
        said = [next(one.predicted for one in told if one.item == fact) for told in single]
        hits = [one.value for told in single for one in told if (one.item, one.metric) == (fact, "p_at_1")]
        assert found["consistency"] == np.mean([one == other for one, other in combinations(said, 2)])
        assert found["consistent_and_right"] == float(all(hits))
        assert found["p_at_1"] == pytest.approx(np.mean(hits))


def test_a_relation_with_one_tail_is_not_asked(writer, facts, capitals):
    relation = ClozeTemplate("P47", "[X] borders [Y].")
    none = [fact for fact in facts if fact.relation == capitals.relations.ids.find("P1376")]

    assert evaluate_cloze_templates(writer, none, capitals, [relation]) == []
    assert {one.item for one in evaluate_cloze_templates(writer, facts, capitals, [relation])} == {
        "Q10|P47",
        "Q11|P47",
    }


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=5))
def test_a_model_that_is_right_under_all_templates_is_consistent(rows):
    found = template_metrics(np.array(rows, float))

    assert ("consistency" in found) is (len(rows) > 1)
    assert all(0 <= value <= 1 for value in found.values())
    if found.get("consistent_and_right"):
        assert found["consistency"] == found["p_at_1"] == 1


def test_the_mean_over_relations_weighs_every_relation_alike():
    def outcome(item, relation, value, *subsets):
        return Outcome("cloze_template", item, "p_at_1", value, (f"relation:{relation}", *subsets))

    rows = mean_over_relations(
        [outcome("a", "P1", 1.0, "uhn"), outcome("b", "P1", 0.0), outcome("c", "P2", 1.0), outcome("d", "P2", 1.0)]
    )

    assert {(one.subset, one.metric, one.value, one.n) for one in rows} == {
        ("all", "macro_p_at_1", 0.75, 2),
        ("uhn", "macro_p_at_1", 1.0, 1),
    }
