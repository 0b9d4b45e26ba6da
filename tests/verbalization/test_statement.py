import pytest

from kgpt.verbalization.pieces import Mention, joined
from kgpt.verbalization.statement import Statement, spaced
from kgpt.verbalization.template import fill, shipped_templates

HEAD, TAIL, MORE = Mention(0, "Ada"), Mention(1, "Oslo"), Mention(2, "Rome")


def test_every_shipped_statement_reads_as_its_template_filled():
    for entry in shipped_templates().by_relation.values():
        for template in entry.statements:
            said = joined(Statement.of(template).pieces(HEAD, [TAIL])).replace(" an ", " a ")
            assert said == fill(template, head="Ada", tail="Oslo").replace(" an ", " a ")


@pytest.mark.parametrize(
    ("template", "is_led"),
    [
        ("[H] was born in [T].", True),
        ("[H]'s capital is [T].", False),
        ("[T] made [H].", False),
        ("The capital of [H] is [T].", False),
        ("[H] has [T] as its seat.", False),
    ],
)
def test_a_statement_is_led_where_its_head_is_the_subject(template, is_led):
    assert Statement.of(template).is_led == is_led


def test_several_tails_are_listed_and_each_has_its_article():
    statement = Statement.of("[H] worked as a [T].")
    trades = [Mention(3, "engineer"), Mention(4, "poet"), Mention(5, "actor")]

    assert joined(statement.pieces(HEAD, trades)) == "Ada worked as an engineer, a poet and an actor."
    assert joined(Statement.of("[H] borders [T].").pieces(HEAD, [TAIL, MORE])) == "Ada borders Oslo and Rome."


def test_a_predicate_is_the_sentence_less_its_subject_and_stop():
    assert joined(Statement.of("[H] was born in [T].").predicate([TAIL])) == " was born in Oslo"


def test_a_name_that_begins_a_sentence_is_capital():
    assert joined(Statement.of("[T] employed [H].").pieces(HEAD, [Mention(6, "nobody")])) == "Nobody employed Ada."


def test_sentences_stand_apart():
    assert joined(spaced([[HEAD, "."], [TAIL, "."]])) == "Ada. Oslo."
