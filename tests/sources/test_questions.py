import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Question
from kgpt.sources.questions import QuestionsFile, parse_question, question_json


def test_a_question_comes_back_as_it_was_written():
    question = Question("q1", "Where?", ("Berlin", "Paris"), "Q1", "P19", ("Q64", "Q90"), False, "dev")

    assert parse_question(question_json(question), place="x") == question


def test_the_names_of_entity_questions_are_read():
    value = {
        "id": "e",
        "question": "Where?",
        "answers": ["x"],
        "s": "Q1",
        "p": "P19",
        "o": ["Q64"],
        "text_supported": True,
    }

    assert parse_question(value, place="x") == Question("e", "Where?", ("x",), "Q1", "P19", ("Q64",), True)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"answers": ["x"]}, "a question needs a string `question` and a list `answers`"),
        ({"question": "x", "answers": []}, "with at least one answer"),
        ({"question": "x", "answers": "y"}, "a list `answers`"),
        ({"question": "x", "answers": ["y"], "split": "valid"}, "split 'valid'; allowed: train, dev, test"),
        (
            {"question": "x", "answers": ["y"], "o": "Q64"},
            "answer_entities: expected a list of ids, found 'Q64'",
        ),
        ({"question": "x", "answers": ["y"], "id": "first"}, "a second question with the id 'first'"),
    ],
)
def test_a_malformed_question_is_told_with_its_line(tmp_path, value, told):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "first", "question": "a", "answers": ["b"]}\n' + json.dumps(value))

    with pytest.raises(DataError) as caught:
        list(QuestionsFile(path).read())

    assert str(caught.value).startswith(f"{path}:2: ")
    assert told in str(caught.value)
