import pytest

from kgpt.errors import ConfigError
from kgpt.evaluation import Exam, FactSubsets
from kgpt.records import Question


def question(name, **told):
    return Question(name, f"{name}?", ("x",), **told)


def test_test_questions_are_asked_or_those_without_a_split():
    train, test, free = question("a", split="train"), question("b", split="test"), question("c")

    assert Exam(questions=(train, test, free)).test == [test]
    assert Exam(questions=(train, free)).test == [free]


def test_subsets_say_hops_popularity_and_what_the_text_states(capitals):
    facts = FactSubsets(graph=capitals, stated=(), popular={"Q10": True})
    one = question("a", entity="Q10", relation="P36", stated_in_text=True, popularity=1234.0)
    two = question("b", entity="Q11", path=("P36", "^P36"))

    subsets = Exam(facts=facts, questions=(one, two)).question_subsets([one, two])

    assert subsets[0] == ("stated_in_text", "popular", "popularity_1e3", "relation:P36", "hop_1")
    assert subsets[1] == ("rare", "relation:P36/^P36", "hop_2")
    assert Exam(questions=(one,)).question_subsets([one]) == [("stated_in_text", "popularity_1e3", "relation:P36")]


def test_subsets_name_the_set_where_several_are_asked():
    one, two = question("a", source="popqa"), question("b", source="rubq")

    assert Exam(questions=(one, two)).question_subsets([one, two]) == [("set:popqa",), ("set:rubq",)]
    assert Exam(questions=(one,)).question_subsets([one]) == [()]


def test_a_path_gets_the_data_folder_and_says_what_it_lacks(tmp_path):
    assert Exam(data_dir=str(tmp_path)).path("{data_dir}/x.tsv", setting="s") == tmp_path / "x.tsv"
    with pytest.raises(ConfigError, match=r"s: '\{data_dir\}/x' needs the data folder"):
        Exam().path("{data_dir}/x", setting="s")
    with pytest.raises(ConfigError, match="s: this task needs a path here"):
        Exam().path("", setting="s")


def test_without_a_graph_it_says_how_to_give_one():
    with pytest.raises(ConfigError, match="add --graph DIR"):
        Exam().asked()
