import pytest

from kgpt.kg.splitting import pair_key
from kgpt.pipeline.config import QuestionSettings
from kgpt.pipeline.questions import select_questions
from kgpt.records import Question, Triple

SETTINGS = QuestionSettings()


def capital(number, **changes):
    told = {"id": f"c{number}", "text": f"What is the capital of {number}?", "answers": ("x",)}
    told |= {"entity": f"Q1{number}", "relation": "P36", "answer_entities": (f"Q{number}",)}
    return Question(**(told | changes))


def country(number, **changes):
    told = {"id": f"l{number}", "text": f"What is {number} the capital of?", "answers": ("x",)}
    told |= {"entity": f"Q{number}", "relation": "P1376", "answer_entities": (f"Q1{number}",)}
    return Question(**(told | changes))


def select(questions, graph, stated=(), **settings):
    return select_questions(questions, graph, stated, QuestionSettings(**settings))


def test_a_train_question_on_a_test_fact_turned_round_is_left_out(capitals):
    found = select([capital(0, split="test"), country(0, split="train"), country(1, split="train")], capitals)

    assert [one.id for one in found.questions] == ["c0", "l1"]
    assert found.dropped == {"shares_fact_with_test": 1}


def test_the_order_of_the_questions_does_not_matter_for_the_leak(capitals):
    found = select([country(0, split="dev"), capital(0, split="test")], capitals)

    assert [one.id for one in found.questions] == ["c0"]


@pytest.mark.parametrize("seed", range(25))
def test_no_split_shares_a_fact_with_test_in_either_direction(capitals, seed):
    borders = Question("b", "Who borders 1?", ("x",), "Q11", "P47", ("Q10", "Q13"))
    questions = [capital(i) for i in range(5)] + [country(i) for i in range(5)] + [borders]

    found = select(questions, capitals, seed=seed, train_frac=0.4, dev_frac=0.2)

    pairs = {
        split: {pair_key(fact) for one in found.of(split) for fact in one.facts()} for split in ("train", "dev", "test")
    }
    assert not pairs["test"] & (pairs["train"] | pairs["dev"])
    assert len(found.questions) + sum(found.dropped.values()) == len(questions)


def test_facts_of_test_questions_over_the_limit_stay_out_of_training_too(capitals):
    questions = [capital(i, split="test") for i in range(3)] + [country(i, split="train") for i in range(3)]

    found = select(questions, capitals, max_test=1)

    assert len(found.of("test")) == 1 and not found.of("train")
    assert found.dropped == {"over_max_test": 2, "shares_fact_with_test": 3}


def test_a_question_that_the_graph_cannot_answer_is_left_out_and_counted(capitals):
    wrong = capital(0, answer_entities=("Q1",))
    unknown = capital(1, entity="Q999")
    unlinked = capital(2, answer_entities=())

    found = select([wrong, unknown, unlinked, capital(3)], capitals)

    assert [one.id for one in found.questions] == ["c3"]
    assert found.dropped == {"fact_not_in_graph": 3}


def test_a_question_asked_twice_is_kept_once(capitals):
    found = select([capital(0), capital(0, id="again")], capitals)

    assert [one.id for one in found.questions] == ["c0"]
    assert found.dropped == {"repeated_question": 1}


def test_whether_text_states_it_is_the_sources_word_or_the_alignments(capitals):
    stated = {Triple("Q10", "P36", "Q0")}

    found = select([capital(0), capital(1), capital(2, stated_in_text=True)], capitals, stated)

    assert [one.stated_in_text for one in found.questions] == [True, False, True]
