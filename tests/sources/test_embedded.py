import pytest

from kgpt.errors import DataError
from kgpt.shipped import embedded_root
from kgpt.sources.embedded import resolve


def test_the_sample_is_found_by_name():
    assert resolve("embedded:atlas", "graphs") == embedded_root("graphs") / "atlas"


def test_an_unknown_sample_is_told_with_the_nearest():
    with pytest.raises(DataError, match=r"embedded:atlass: kgpt ships no such sample; did you mean 'atlas'\?"):
        resolve("embedded:atlass", "graphs")


def test_a_missing_path_is_told_with_the_way_to_the_sample(tmp_path):
    with pytest.raises(
        DataError, match=r"none: no such file or folder; check the path \(`embedded:atlas` is the sample\)"
    ):
        resolve(str(tmp_path / "none"), "graphs")
