from dataclasses import replace

import numpy as np
import pytest

from kgpt.records import Question
from kgpt.sequences import QuestionStream
from kgpt.verbalization.answer_steps import StepTeller

TWO_HOPS = Question(
    "h", "Who borders the country of Berlin?", ("France",), "Q0", path=("^P36", "P47"), answer_entities=("Q11",)
)


@pytest.fixture
def written(writing_words):
    """What a stream's first question is answered with."""

    def answer(question, **settings):
        stream = QuestionStream(questions=(question,), vocabulary=writing_words, **settings)
        ids = stream.draw(0, np.random.default_rng(0)).decoder_targets
        return writing_words.decode(ids.tolist()).strip()

    return answer


def test_an_answer_of_two_hops_is_told_step_by_step_where_a_graph_shows_the_way(written, capitals):
    assert written(TWO_HOPS) == "France"
    assert written(TWO_HOPS, steps=StepTeller(capitals)) == "Germany | France"


@pytest.mark.parametrize(
    ("kept_out", "answer"),
    [
        ([("Q0", "Q11")], "France"),  # Berlin and France: what the question itself joins
        ([("Q0", "Q10")], "Germany | France"),  # a triple on the way joins nothing
        ([("Q0", "Q13")], "Germany | France"),
    ],
)
def test_a_way_that_joins_what_an_exam_asks_for_is_not_told(written, capitals, kept_out, answer):
    assert written(TWO_HOPS, steps=StepTeller(capitals, frozenset(kept_out))) == answer


@pytest.mark.parametrize(
    "changes",
    [
        {"path": ("P36",), "entity": "Q11", "answers": ("France",)},  # one hop needs no steps
        {"path": ("^P36", "P1")},
        {"entity": "unknown"},
        {"answer_entities": ("Q14",)},  # no way leads there
        {"answer_entities": ()},
    ],
)
def test_an_answer_without_a_way_is_told_alone(written, capitals, changes):
    assert written(replace(TWO_HOPS, **changes), steps=StepTeller(capitals)) == "France"


def test_a_long_question_keeps_its_sentinel(writing_words):
    asked = Question("q", "In the long history of Europe, " * 20 + "what is the capital of France?", ("Paris",))
    stream = QuestionStream(questions=(asked,), vocabulary=writing_words, max_tokens=32)

    row = stream.draw(0, np.random.default_rng(0))

    assert len(row.ids) == 32
    assert writing_words.sentinel(0) in row.ids
    assert "capital of France" in writing_words.decode(row.ids)
