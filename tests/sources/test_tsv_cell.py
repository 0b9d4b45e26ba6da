from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.tsv_cell import ESCAPED, PLAIN, escaped, required, unescaped

texts = st.text(max_size=8) | st.text("|\\\t\n\r\v\f \ufeff\xa0entrvfb", max_size=8)


@given(texts)
def test_a_cell_gives_its_text_back_and_breaks_no_line(text):
    for cell in (escaped(text), required(text)):
        assert unescaped(cell) == text
        assert not set(cell) & set("\t\n\r\v\f\ufeff")
    assert required(text) and not required(text).isspace()


@given(st.lists(texts.filter(bool), max_size=4))
def test_names_in_one_cell_are_told_apart(names):
    assert ESCAPED.names("|".join(map(escaped, names))) == names


def test_plain_cells_keep_backslashes_and_squeeze_names():
    assert (PLAIN.text("a\\tb"), PLAIN.name(" a  b "), PLAIN.names("a\\|b||c ")) == ("a\\tb", "a b", ["a\\", "b", "c"])
