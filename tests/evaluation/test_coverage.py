from dataclasses import replace

from kgpt.evaluation import FactSubsets, answer, asked_facts, evaluate_coverage
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization import Verbalizer


def test_a_fact_is_covered_where_the_answer_is_any_name_of_a_right_tail(writer):
    def graph_with(alias):
        items = [EntityRecord("Q1", "Berlin"), EntityRecord("Q2", "Germany", (alias,)), RelationRecord("P1", "in")]
        return build_graph([*items, Triple("Q1", "P1", "Q2")])[0]

    question = Verbalizer(graph_with("x")).questions((0, 0, 1))[0]
    said = answer(writer, [question])[0][0].text

    for alias, covered in ((said, 1.0), ("x", 0.0)):
        graph = graph_with(alias)
        facts = asked_facts(graph, FactSubsets(graph=graph, stated=(), popular={}), max_facts=10)
        (outcome,) = evaluate_coverage(writer, [replace(facts[0], subsets=("rare",))], graph)
        assert (outcome.value, outcome.predicted, outcome.subsets) == (covered, said, ("rare",))
