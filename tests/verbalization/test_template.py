import pytest

from kgpt.errors import DataError
from kgpt.verbalization.template import (
    HEAD,
    TAIL,
    RelationTemplates,
    Templates,
    fill,
    load_templates,
    plain_templates,
    shipped_templates,
)


def test_a_name_that_looks_like_a_place_is_not_filled_again():
    assert fill("[H] and [T]", head="[T]", tail="[H]") == "[T] and [H]"


def test_the_first_letter_becomes_capital():
    assert fill("the mayor of [H]", head="Berlin") == "The mayor of Berlin"


def test_every_shipped_relation_has_statements_and_questions():
    shipped = shipped_templates().by_relation

    assert len(shipped) >= 60
    assert all(entry.statements and entry.questions for entry in shipped.values())


def test_a_relation_without_templates_is_said_by_its_label():
    templates = Templates({"P1": RelationTemplates(("[H] nears [T].",), ())})

    assert templates.of("P2", "colour").questions == ("What is the colour of [H]?",)
    assert all(s.count(HEAD) == s.count(TAIL) == 1 and "colour" in s for s in templates.of("P2", "colour").statements)


def test_what_a_relation_lacks_is_made_from_its_label():
    found = Templates({"P1": RelationTemplates(("[H] nears [T].",), ())}).of("P1", "neighbour")

    assert found == RelationTemplates(("[H] nears [T].",), ("What is the neighbour of [H]?",))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{statements: ['[H] is near.']}", "the statement '[H] is near.' needs one [H] and one [T]"),
        ("{statements: ['[H] [H] [T]']}", "needs one [H] and one [T]"),
        ("{questions: ['Where is [H] in [T]?']}", "needs one [H] and no [T]"),
        ("{questions: ['Where?']}", "the question 'Where?' needs one [H] and no [T]"),
    ],
)
def test_a_template_without_its_places_is_told_with_file_and_relation(tmp_path, entry, told):
    path = tmp_path / "mine.yaml"
    path.write_text(f"P1: {entry}")

    with pytest.raises(DataError) as caught:
        load_templates(path)

    assert str(caught.value).startswith(f"{path}: P1: ")
    assert told in str(caught.value)


def test_templates_that_were_edited_are_read_anew(tmp_path):
    path = tmp_path / "mine.yaml"
    for statement in ("[H] is near [T].", "[H] is far from [T]."):
        path.write_text(f"P1: {{statements: ['{statement}']}}")

        assert load_templates(path).by_relation["P1"].statements == (statement,)


@pytest.mark.parametrize(
    ("label", "statement", "question"),
    [
        ("subclass of", "[H] is a subclass of [T].", "What is [H] a subclass of?"),
        ("instance of", "[H] is an instance of [T].", "What is [H] an instance of?"),
        ("shares border with", "[H] shares border with [T].", "What is it that [H] shares border with?"),
        ("contains administrative territorial entity", "[H] contains administrative territorial entity [T].", None),
        ("member of political party", "The political party of [H] is [T].", "What is the political party of [H]?"),
        ("applies to jurisdiction", "The jurisdiction of [H] is [T].", "What is the jurisdiction of [H]?"),
        ("located in time zone", "The time zone of [H] is [T].", "What is the time zone of [H]?"),
        ("place of birth", "The place of birth of [H] is [T].", "What is the place of birth of [H]?"),
    ],
)
def test_a_label_that_is_no_noun_is_not_put_in_a_noun_s_place(label, statement, question):
    found = plain_templates(label)

    assert found.statements[0] == statement
    assert question is None or found.questions == (question,)
