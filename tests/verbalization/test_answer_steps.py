import pytest

from kgpt.verbalization.answer_steps import in_steps, last_step


@pytest.mark.parametrize("names", [["Kismet"], ["Kismet", "1944"], ["A B", "C, D", "E"]])
def test_the_last_step_is_the_answer(names):
    assert last_step(in_steps(names)) == names[-1]


@pytest.mark.parametrize(("text", "last"), [("a|b", "b"), ("a |", ""), ("", ""), (" a ", "a")])
def test_what_a_model_writes_untidily_is_read(text, last):
    assert last_step(text) == last
