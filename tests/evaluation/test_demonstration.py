import pytest

from kgpt.evaluation.demonstration import Demonstration, chosen, prompt, readable

SHOTS = [Demonstration("a", "Where is A?", ("Rome", "Roma"), about="Q1"), Demonstration("b", "Where is B?", ("Oslo",))]


def test_a_decoder_goes_on_at_the_end(speaker):
    assert prompt(speaker, SHOTS, "Where is C?", wording="question") == (
        "Question: Where is A? Answer: Rome\nQuestion: Where is B? Answer: Oslo\nQuestion: Where is C? Answer:"
    )
    assert prompt(
        speaker, [Demonstration("f", "Italy, capital,", ("Rome",))], "Spain, capital,", wording="statement"
    ) == ("Italy, capital, Rome\nSpain, capital,")


def test_an_encoder_decoder_writes_what_its_sentinel_hides(writer):
    assert prompt(writer, SHOTS[:1], "Where is C?", wording="question") == "Where is A? Rome. Where is C? <extra_id_0>"
    assert prompt(writer, [], "Spain, capital,", wording="statement", is_hidden=False) == "Spain, capital,"


def test_fewer_examples_are_the_first_of_more_and_none_is_about_the_query():
    pool = [Demonstration(f"p{number}", "?", ("x",), str(number % 2), f"Q{number}") for number in range(20)]
    query = Demonstration("q", "?", ("x",), "1", "Q3")

    most = chosen(query, pool, 20)

    assert chosen(query, pool, 4) == most[:4]
    assert {one.id for one in most} == {f"p{number}" for number in range(1, 20, 2) if number != 3}


@pytest.mark.parametrize("kind", ["writer", "speaker"])
def test_the_first_examples_make_room(kind, request):
    loaded = request.getfixturevalue(kind)
    shots = [Demonstration(f"s{number}", f"What is the capital of {number}?", ("Rome",)) for number in range(60)]

    read = readable(loaded, shots, "What is the capital of Spain?", wording="question")

    assert 0 < len(read) < 60 and read == shots[-len(read) :]
    assert readable(loaded, shots[:1], "What is the capital of Spain?", wording="question") == shots[:1]


def test_no_example_answers_with_the_query_s_entity():
    spouses = [Demonstration("p", "?", ("x",), about="Q1", told=frozenset({"Q2"})), Demonstration("r", "?", ("y",))]

    assert [one.id for one in chosen(Demonstration("q", "?", ("x",), about="Q2"), spouses, 2)] == ["r"]
    assert len(chosen(Demonstration("q", "?", ("x",), about="Q3"), spouses, 2)) == 2
