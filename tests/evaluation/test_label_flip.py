import numpy as np
import pytest

from kgpt.evaluation import Exam, FactSubsets, label_flip
from kgpt.evaluation.demonstration import Demonstration
from kgpt.evaluation.label_flip import _balanced, _turned, evaluate_label_flip, fact_items, flip_effect, type_items
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Triple

ITEMS = [Demonstration(f"i{n}", f"Is {n} even?", ("yes" if n % 2 == 0 else "no",), about=str(n)) for n in range(12)]


def knows(loaded, text, labels):
    number = int(text.split("Is ")[-1].split()[0])
    return np.array([number % 2 == 0, number % 2 == 1], float)


def follows(loaded, text, labels):
    """Answers as the examples of the same parity do."""
    *shown, asked = text.split("Question: Is ")[1:]
    same = [one for one in shown if int(one.split()[0]) % 2 == int(asked.split()[0]) % 2]
    return np.array([sum(one.strip().endswith(label) for one in same) for label in labels], float)


@pytest.mark.parametrize(("model", "turned", "follows_flipped"), [(knows, 1.0, 0.0), (follows, 0.0, 1.0)])
def test_knowledge_stays_right_and_learning_in_context_follows(speaker, monkeypatch, model, turned, follows_flipped):
    monkeypatch.setattr(label_flip, "score_labels", model)

    found = evaluate_label_flip(speaker, ITEMS, ("yes", "no"), num_shots=4)

    def mean(subset, metric):
        return np.mean([one.value for one in found if subset in one.subsets and one.metric == metric])

    assert mean("flipped_0", "accuracy") == 1.0
    assert mean("flipped_100", "accuracy") == turned
    assert mean("flipped_100", "follows_flipped") == follows_flipped
    assert flip_effect(found)[0].value == 1.0 - turned
    assert {one.subsets[0] for one in found} == {"shots_0", "flipped_0", "flipped_50", "flipped_100"}


def test_examples_hold_as_many_of_either_label_and_so_many_are_turned():
    shots = _balanced(ITEMS[0], ITEMS, ("yes", "no"), 8)

    labels = [one.answers[0] for one in shots]
    assert sorted(labels) == ["no"] * 4 + ["yes"] * 4 and ITEMS[0] not in shots
    turned = [one.answers[0] for one in _turned(shots, ("yes", "no"), 0.5)]
    assert [one != other for one, other in zip(labels, turned, strict=True)] == [True] * 4 + [False] * 4


def test_questions_about_facts_are_true_or_have_a_wrong_tail(capitals):
    facts = FactSubsets(graph=capitals, stated=(), popular={})

    items, labels = fact_items(Exam(facts=facts, max_facts=100))

    right = {(capitals.entities.label(h), capitals.entities.label(t)) for h, _, t in capitals.triples.tolist()}
    assert labels == ("yes", "no") and {one.answers[0] for one in items} == {"yes", "no"}
    for one in items:
        tail, _, head = (
            one.query.removeprefix("Is ").removesuffix("?").replace(" the ", "|").replace(" of ", "|").rpartition("|")
        )
        assert ((head, tail.split("|")[0]) in right) == (one.answers == ("yes",))


def test_questions_about_types_have_as_many_of_either():
    names = [EntityRecord("Q1", "city"), EntityRecord("Q2", "island")]
    rows = [Triple(f"Q{10 + n}", "P31", "Q1" if n < 5 else "Q2") for n in range(8)]
    graph, _ = build_graph([*names, *rows])

    items, labels = type_items(graph, "P31")

    assert labels == ("city", "island")
    assert sorted(one.answers[0] for one in items) == ["city"] * 3 + ["island"] * 3
    assert items[0].query.endswith(" a city or an island?")
