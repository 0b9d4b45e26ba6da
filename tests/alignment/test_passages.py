import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.alignment.passages import read_passages, write_passages
from kgpt.errors import DataError
from kgpt.records import AlignedPassage, Alignment, Link, Literal, LiteralAlignment, Metadata, Triple

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=10)
passages = st.builds(
    AlignedPassage,
    texts,
    texts,
    st.text(alphabet=st.characters(codec="utf-8"), min_size=9, max_size=12),
    st.lists(st.builds(Link, st.integers(0, 4), st.integers(5, 9), texts, st.floats(0, 1)), max_size=3).map(tuple),
    st.lists(st.builds(Alignment, st.builds(Triple, texts, texts, texts), st.floats(0, 1)), max_size=3).map(tuple),
    st.builds(Metadata, source=texts, url=texts, extra=st.dictionaries(st.just("page"), st.integers(0, 9))),
    st.lists(
        st.builds(
            LiteralAlignment,
            st.builds(
                Literal, texts, texts, texts, st.sampled_from(["date", "quantity", "string"]), texts, texts, texts
            ),
            st.integers(0, 4),
            st.integers(5, 9),
            st.floats(0, 1),
        ),
        max_size=2,
    ).map(tuple),
)


@given(st.lists(passages, max_size=3))
def test_passages_come_back_as_they_were_written(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("passages") / "passages.jsonl"

    assert write_passages(path, written) == len(written)
    assert list(read_passages(path)) == written


OUT = ["Q64", "P1", "1", "date", 2, 7, 1.0]


@pytest.mark.parametrize(("links", "literals"), [([[0, 7, "Q64", 1.0]], []), ([], [OUT])])
def test_what_lies_out_of_the_text_is_told_with_its_line(tmp_path, links, literals):
    value = {"id": "p", "document": "d", "text": "Berlin", "alignments": [], "metadata": {}}
    (tmp_path / "p.jsonl").write_text(json.dumps(value | {"links": links, "literals": literals}))

    with pytest.raises(DataError, match=r"p\.jsonl:1: no passage .*\[\d, 7\) lies out of the text of 6 code points"):
        list(read_passages(tmp_path / "p.jsonl"))
