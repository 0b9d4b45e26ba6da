import gzip
from collections import Counter

import pytest

from kgpt.errors import DataError
from kgpt.kg import build_graph
from kgpt.kg.following import follow, read_path
from kgpt.records import Dropped, Question
from kgpt.sources import open_graph, open_questions
from kgpt.sources.metaqa import UNKNOWN_NAME, MetaQa, path_of

RELATIONS = {"directed by": "0", "starred actors": "2", "release year": "3", "has tags": "5"}


def folder_of(tmp_path, asked, types, *, hops=1):
    (tmp_path / "entity2text.txt").write_text("0\tKismet\n1\tWilliam Dieterle\n2\t1944\n3\tMedea [1969]\n")
    (tmp_path / "relation2text.txt").write_text("".join(f"{n}\t{label}\n" for label, n in RELATIONS.items()))
    (tmp_path / f"{hops}-hop_dev.txt").write_text(asked)
    with gzip.open(tmp_path / f"{hops}-hop_dev_qtype.txt.gz", "wt") as file:
        file.write(types)
    return tmp_path


def test_a_question_is_bound_to_the_graph_and_loses_its_brackets(tmp_path):
    folder = folder_of(tmp_path, "who directed [Kismet] then\tWilliam Dieterle\n", "movie_to_director\n")

    (question,) = MetaQa(folder).read()

    assert question.text == "who directed Kismet then"
    assert (question.entity, question.answer_entities, question.path) == ("0", ("1",), ("0",))
    assert question.relation == "0" and question.answers == ("William Dieterle",)


def test_a_name_with_brackets_is_found(tmp_path):
    folder = folder_of(tmp_path, "the year of [Medea [1969]]\t1944\n", "movie_to_year\n")

    assert [one.entity for one in MetaQa(folder).read()] == ["3"]


def test_a_name_that_the_folder_lacks_is_left_out_with_its_reason(tmp_path):
    folder = folder_of(tmp_path, "who directed [Kismet]\tNobody\n", "movie_to_director\n")

    assert list(MetaQa(folder).read()) == [Dropped("1-hop_dev-1", UNKNOWN_NAME)]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("movie_to_director", ("0",)),
        ("tag_to_movie", ("^5",)),
        ("actor_to_movie_to_year", ("^2", "3")),
        ("movie_to_actor_to_movie_to_director", ("2", "^2", "0")),
    ],
)
def test_a_type_is_a_path(kind, path):
    assert path_of(kind, RELATIONS, place="x") == path


@pytest.mark.parametrize("kind", ["", "movie", "actor_to_year", "movie_to_movie", "movie_to_cook", "movie_to_genre"])
def test_an_unknown_type_is_told_with_its_place(kind):
    with pytest.raises(DataError, match=r"q\.txt:3: MetaQA has no question type"):
        path_of(kind, RELATIONS, place="q.txt:3")


@pytest.mark.parametrize(
    "line", ["no brackets\tKismet", "of [Kismet]", "of [Kismet]\t", "of [Kismet]\ta||b", "of ][\ta"]
)
def test_a_malformed_line_is_told(tmp_path, line):
    with pytest.raises(DataError, match=r"1-hop_dev\.txt:1: expected a question with its"):
        list(MetaQa(folder_of(tmp_path, line, "movie_to_director")).read())


@pytest.mark.parametrize(("asked", "types"), [("of [Kismet]\t1944\n" * 2, "movie_to_year\n"), ("", "movie_to_year\n")])
def test_types_that_do_not_fit_are_told(tmp_path, asked, types):
    with pytest.raises(DataError, match=r"1-hop_dev_qtype\.txt\.gz: has fewer lines|a type without its question"):
        list(MetaQa(folder_of(tmp_path, asked, types)).read())


def test_missing_types_and_missing_questions_are_told(tmp_path):
    folder = folder_of(tmp_path, "of [Kismet]\t1944\n", "movie_to_year\n")

    with pytest.raises(DataError, match="no questions of MetaQA"):
        list(MetaQa(folder, hops=("3",)).read())
    (folder / "1-hop_dev_qtype.txt.gz").unlink()
    with pytest.raises(DataError, match=r"1-hop_dev_qtype\.txt is missing"):
        list(MetaQa(folder).read())


@pytest.mark.real
def test_nearly_all_questions_of_the_release_are_answered_by_its_graph(shared_data):
    graph, _ = build_graph(open_graph(str(shared_data / "metaqa")).read())
    items = list(open_questions(str(shared_data / "metaqa")).read())
    questions = [one for one in items if isinstance(one, Question)]

    assert Counter(len(one.hops) for one in questions) == {1: 9_992, 2: 14_872, 3: 14_274}
    assert len(items) == len(questions)
    reached = [
        {graph.entity(one) for one in question.answer_entities}
        & set(follow(graph, graph.entity(question.entity), read_path(graph, question.path)).tolist())
        for question in questions[::97]
    ]
    assert sum(map(bool, reached)) / len(reached) > 0.95
