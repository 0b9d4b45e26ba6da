import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Link, Question, Triple


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 2)])
def test_a_link_with_an_empty_span_is_refused(start, end):
    with pytest.raises(DataError, match=rf"link to Q64 has the empty span \[{start}, {end}\)"):
        Link(start, end, "Q64")


def test_a_link_out_of_the_text_is_refused_with_its_document_and_the_length():
    with pytest.raises(DataError, match=r"document d1: link \[0, 9\) to Q64 .* 6 code points"):
        Document("d1", "Berlin", (Link(0, 9, "Q64"),))


def test_offsets_count_code_points():
    document = Document("d1", "𝔘 Ōsaka", (Link(2, 7, "Q35765"),))

    assert document.surface(document.links[0]) == "Ōsaka"


def test_a_question_states_one_fact_for_each_right_answer():
    question = Question("q", "Where?", ("x",), entity="Q1", relation="P1", answer_entities=("Q2", "Q3"))

    assert question.facts() == (Triple("Q1", "P1", "Q2"), Triple("Q1", "P1", "Q3"))
