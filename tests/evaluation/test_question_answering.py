import pytest

from kgpt.evaluation import evaluate_questions, exact_match, majority_outcomes, token_f1
from kgpt.records import Question


@pytest.mark.parametrize(
    ("predicted", "answers", "expected"),
    [
        ("the Netherlands", ["Netherlands"], 1),
        ("NETHERLANDS.", ["the netherlands"], 1),
        ("a   cat", ["cat"], 1),
        ("U.S.", ["US"], 1),
        ("Ana", ["na"], 0),
        ("theatre", ["atre"], 0),
        ("Sao Paulo", ["São Paulo"], 0),
        ("Sa\u0303o Paulo", ["São Paulo"], 1),
        ("New York", ["New York City", "New York"], 1),
        ("New", ["New York"], 0),
        ("", ["x"], 0),
        ("x", [], 0),
    ],
)
def test_an_answer_matches_as_squad_normalises(predicted, answers, expected):
    assert exact_match(predicted, answers) == expected


@pytest.mark.parametrize(
    ("predicted", "answers", "expected"),
    [
        ("New York", ["New York City"], 0.8),
        ("the New York", ["New York"], 1),
        ("York York", ["York"], 2 / 3),
        ("York", ["York York"], 2 / 3),
        ("Paris", ["New York"], 0),
        ("New York", ["Paris", "York"], 2 / 3),
        ("the", ["a"], 1),
        ("", ["York"], 0),
        ("York", [], 0),
    ],
)
def test_token_f1_is_the_best_over_the_answers(predicted, answers, expected):
    assert token_f1(predicted, answers) == pytest.approx(expected)


def question(number, relation, answer):
    return Question(f"q{number}", "?", (answer,), relation=relation)


def test_the_floor_answers_with_each_relations_most_frequent_answer():
    train = [question(0, "P1", "Rome"), question(1, "P1", "Oslo"), question(2, "P1", "Oslo"), question(3, "P2", "1936")]
    test = [question(4, "P1", "Oslo"), question(5, "P1", "Rome"), question(6, "P2", "1936"), question(7, "P3", "Oslo")]

    outcomes = majority_outcomes(train, test, subsets=[("rare",)] * 4)

    matched = [one for one in outcomes if one.metric == "exact_match"]
    assert [one.value for one in matched] == [1, 0, 1, 0]
    assert [one.predicted for one in matched] == ["Oslo", "Oslo", "1936", ""]
    assert {one.subsets for one in matched} == {("rare",)}


def test_the_floor_takes_the_first_by_name_where_answers_are_as_frequent():
    train = [question(0, "P1", "Rome"), question(1, "P1", "Oslo")]

    outcomes = majority_outcomes(train, [question(2, "P1", "Oslo")], subsets=[()])

    assert outcomes[0].predicted == "Oslo"


def test_every_question_has_an_outcome_a_metric(writer, capital_questions):
    outcomes = evaluate_questions(writer, capital_questions, subsets=[("all_of_them",)] * 5)

    assert [(one.item, one.metric) for one in outcomes] == [
        (asked.id, metric) for asked in capital_questions for metric in ("exact_match", "token_f1")
    ]
    assert all(one.value == exact_match(one.predicted, ["x"]) for one in outcomes if one.metric == "exact_match")
