import pytest

from kgpt.corpus.fineweb import FineWeb
from kgpt.records import Document

LINE = "This line has words enough to be told from a menu of links."


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{LINE}\n{LINE[::-1]}.", None),
        ("\n \n", "empty"),
        ("\n".join([LINE] + [f"{LINE} {number}" for number in range(9)]), "too_few_end_marks"),
        ("\n".join([LINE] + [f"Item {number}." for number in range(4)]), "too_many_short_lines"),
        (f"{LINE}\n{LINE}", "duplicate_line_chars"),
        ("\n".join(f"{'x' * 40}{number}." for number in range(9)), "list"),
    ],
)
def test_the_first_broken_rule_is_told(text, rule):
    assert FineWeb().broken_rule(Document("d", text)) == rule
