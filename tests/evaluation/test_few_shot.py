import pytest

from kgpt.evaluation import few_shot
from kgpt.evaluation.answering import Answer, answer, complete
from kgpt.evaluation.demonstration import Demonstration
from kgpt.evaluation.few_shot import evaluate_few_shot
from kgpt.records import Outcome, Result
from kgpt.sequences.triple_stream import question_prompt

ANSWERS = {"Italy": "Rome", "Spain": "Madrid", "Norway": "Oslo", "France": "Paris"}
QUERIES = [Demonstration(land, f"{land}, capital,", (city,), about=land) for land, city in ANSWERS.items()]


@pytest.mark.parametrize("kind", ["writer", "speaker"])
def test_every_query_is_asked_after_every_number_of_examples(kind, request):
    loaded = request.getfixturevalue(kind)

    found = evaluate_few_shot(loaded, QUERIES, QUERIES, shots=(0, 2, 9), wording="statement", task="few_shot")

    outcomes = [one for one in found if isinstance(one, Outcome)]
    assert {one.item for one in outcomes} == {f"{land}|shots_{k}" for land in ANSWERS for k in (0, 2, 9)}
    assert {(one.subset, one.value) for one in found if isinstance(one, Result)} == {
        ("shots_0", 0.0),
        ("shots_2", 2.0),
        ("shots_9", 3.0),  # there are no more that are not about the query
    }


def test_a_model_that_copies_the_last_example_is_never_right_and_one_that_knows_always(speaker, monkeypatch):
    def copies(loaded, prompts):
        return [[Answer(one.splitlines()[-2].rsplit(", ", 1)[1].strip(), 1.0)] for one in prompts]

    def knows(loaded, prompts):
        return [[Answer(ANSWERS[one.splitlines()[-1].split(",")[0]], 1.0)] for one in prompts]

    for model, value in ((copies, 0.0), (knows, 1.0)):
        monkeypatch.setattr(few_shot, "complete", model)
        found = evaluate_few_shot(speaker, QUERIES, QUERIES, shots=(1, 3), wording="statement", task="few_shot")
        assert {one.value for one in found if isinstance(one, Outcome)} == {value}


def test_without_examples_a_question_is_asked_as_ever(speaker):
    question = "What is the capital of Spain?"

    assert complete(speaker, [question_prompt(question)]) == answer(speaker, [question])
