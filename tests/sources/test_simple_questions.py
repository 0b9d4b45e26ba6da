import pytest

from kgpt.errors import DataError
from kgpt.records import Question, Triple
from kgpt.sources import open_questions
from kgpt.sources.simple_questions import SimpleQuestions


def test_a_turned_relation_is_followed_from_its_tail(tmp_path):
    path = tmp_path / "simplequestions.tsv"
    path.write_text(
        "Q1\tR57\tQ2\tWhat film did X direct?\nQ1\tR57\tQ3\tWhat film did X direct?\nQ4\tP19\tQ5\twhere born\n"
    )

    turned, plain = open_questions(str(path)).read()

    assert turned.path == ("^P57",) and turned.answer_entities == ("Q2", "Q3") and turned.answers == ()
    assert turned.facts() == (Triple("Q2", "P57", "Q1"), Triple("Q3", "P57", "Q1"))
    assert plain == Question("simplequestions.tsv-3", "where born", (), "Q4", "P19", ("Q5",), path=("P19",))


@pytest.mark.parametrize("line", ["Q1\tP19\tQ2", "Q1\tX19\tQ2\twhere", "Q1\tP19\t\twhere"])
def test_a_malformed_line_is_told(tmp_path, line):
    path = tmp_path / "q.tsv"
    path.write_text("Q4\tP19\tQ5\twhere\n" + line)

    with pytest.raises(DataError, match=r"q\.tsv:2: expected s, p \(P\.\. or R\.\.\), o and a question"):
        list(SimpleQuestions(path).read())


@pytest.mark.real
def test_the_release_is_read(shared_data):
    questions = list(open_questions(str(shared_data / "qa" / "simplequestions_wd_valid_answerable.tsv.gz")).read())

    assert len({one.id for one in questions}) == len(questions) > 2_500
    assert any(one.path[0].startswith("^") for one in questions)
