import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.sources.title_map import build_title_map, read_titles

titles = st.text(min_size=1, max_size=8)


@given(st.dictionaries(titles, st.one_of(st.integers(1, 10**9).map("Q{}".format), st.text(min_size=1)), max_size=20))
def test_every_title_leads_to_its_entity(pairs):
    built = build_title_map(pairs.items())

    assert {title: built.entity(title) for title in pairs} == pairs
    assert built.entity("no such title") is None


def test_redirects_are_followed_and_circles_end():
    built = build_title_map(
        [("Mars", "Q111")], [("Red planet", "The red one"), ("The red one", "Mars"), ("a", "b"), ("b", "a")]
    )

    assert built.entity("Red planet") == "Q111"
    assert built.entity("a") is None


def test_of_two_entities_the_first_stays():
    assert build_title_map([("Mars", "Q111"), ("Mars", "Q112")]).entity("Mars") == "Q111"


def test_a_map_goes_to_another_process():
    assert pickle.loads(pickle.dumps(build_title_map([("Mars", "Q111")]))).entity("Mars") == "Q111"


def test_titles_are_read_with_underscores_as_blanks(tmp_path):
    (tmp_path / "titles.tsv").write_text("Red_planet\tQ111\nMars\thttp://a/b\tmore\n")

    assert list(read_titles(tmp_path / "titles.tsv")) == [("Red planet", "Q111"), ("Mars", "http://a/b")]


def test_a_line_without_two_columns_is_told(tmp_path):
    (tmp_path / "titles.tsv").write_text("Mars\tQ111\nMars Q111\n")

    with pytest.raises(DataError, match=r"titles\.tsv:2: expected a title and an entity's id .* found 'Mars Q111'"):
        list(read_titles(tmp_path / "titles.tsv"))
