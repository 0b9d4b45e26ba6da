import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.mojibake import repair


@pytest.mark.parametrize("text", ["Volapük", "Baháí", "Guðrún Ósvífrsdóttir"])
def test_text_read_in_the_wrong_encoding_is_restored(text):
    assert repair(text.encode("utf-8").decode("latin-1")) == (text, True)


@given(st.text(alphabet="abcäöüßéèñ東京 12.,"))
def test_sound_text_stays(text):
    assert repair(text) == (text, False)
