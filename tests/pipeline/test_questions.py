import pytest

from kgpt.kg.following import follow, needed_facts, read_path
from kgpt.kg.splitting import pair_key
from kgpt.pipeline.questions import QuestionSettings, select_questions
from kgpt.records import Dropped, Question, Triple

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


def test_a_dev_question_on_a_fact_that_a_train_question_asks_is_left_out(capitals):
    questions = [capital(i, split="train") for i in range(3)] + [country(i, split="dev") for i in range(2, 5)]

    found = select([*questions, country(0, split="test")], capitals)

    assert [one.id for one in found.questions] == ["c1", "c2", "l3", "l4", "l0"]
    assert found.dropped == {"shares_fact_with_test": 1, "shares_fact_with_train": 1}


@pytest.mark.parametrize("seed", range(25))
def test_no_two_splits_share_a_fact_in_either_direction(capitals, seed):
    borders = Question("b", "Who borders 1?", ("x",), "Q11", "P47", ("Q10", "Q13"))
    questions = [capital(i) for i in range(5)] + [country(i) for i in range(5)] + [borders]

    found = select(questions, capitals, seed=seed, train_frac=0.4, dev_frac=0.2)

    pairs = {
        split: {pair_key(fact) for one in found.of(split) for fact in one.facts()} for split in ("train", "dev", "test")
    }
    assert not pairs["test"] & (pairs["train"] | pairs["dev"]) and not pairs["train"] & pairs["dev"]
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


def two_hops(**changes):
    """Of which country's neighbour is 0 the capital: 0, turned capital, borders."""
    told = {"id": "h", "text": "Who borders the country of 0?", "answers": (), "entity": "Q0"}
    return Question(**(told | {"answer_entities": ("Q11", "Q14"), "path": ("^P36", "P47")} | changes))


def test_a_question_of_two_hops_is_cut_to_the_answers_its_path_reaches(capitals):
    (question,) = select([two_hops()], capitals).questions

    reached = follow(capitals, capitals.entity("Q0"), read_path(capitals, ("^P36", "P47"))).tolist()
    assert {capitals.entity(one) for one in question.answer_entities} <= set(reached)
    assert question.answers[: len(question.answer_entities)] == tuple(
        capitals.entities.label(capitals.entity(one)) for one in question.answer_entities
    )


def test_two_hops_need_two_facts_and_are_stated_where_both_are(capitals):
    (question,) = select([two_hops()], capitals).questions
    needed = needed_facts(question, capitals)

    assert Triple("Q10", "P36", "Q0") in needed and len(needed) == 1 + len(question.answer_entities)
    assert not question.stated_in_text
    (stated,) = select([two_hops()], capitals, stated=needed).questions
    assert stated.stated_in_text


def test_what_cannot_be_asked_is_counted_by_reason(capitals):
    unbound = Question("u", "Why?", ("x",), answer_entities=("Q1",))
    found = select(
        [Dropped("d", "no_answer"), unbound, two_hops(path=("P47", "P47")), capital(0), capital(0)], capitals
    )

    told = {"no_answer": 1, "bound_to_no_relation": 1, "fact_not_in_graph": 1, "repeated_question": 1}
    assert found.dropped == told
