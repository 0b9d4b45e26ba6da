import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.sources import json_array
from kgpt.sources.json_array import read_objects

values = st.dictionaries(
    st.text(max_size=3), st.one_of(st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3)))
)


@given(st.lists(values, max_size=6), st.integers(1, 9), st.booleans(), st.sampled_from([None, 1]))
def test_an_array_gives_its_objects_whatever_the_chunks(tmp_path_factory, written, num_bytes, as_ascii, indent):
    path = tmp_path_factory.mktemp("array") / "a.json.gz"
    path.write_bytes(gzip.compress(json.dumps(written, ensure_ascii=as_ascii, indent=indent).encode()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_CHUNK_BYTES", num_bytes)
        assert [value for _, _, value in read_objects(path)] == written


def test_lines_give_theirs_with_their_places(tmp_path):
    (tmp_path / "a.json").write_text('{"a": 1}\n\n{"a": 2}\n')

    assert [(number, place) for number, place, _ in read_objects(tmp_path / "a.json")] == [
        (1, f"{tmp_path / 'a.json'}:1"),
        (3, f"{tmp_path / 'a.json'}:3"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'[{"a": 1}, {"b": ', "item 2: torn or not JSON"),
        (b'[{"a": 1}', "torn after item 1: the array has no end"),
        (b'[{"a": 1}, {b}]', "item 2: torn or not JSON"),
        (b'[{"a": 1}, 7]', "item 2: expected a JSON object, found '7'"),
        (b'[{"a": "\xff"}]', "not UTF-8"),
        (b"[" + b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_array_is_told_with_its_item(tmp_path, content, told):
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(DataError, match=rf"a\.json: .*{told}"):
        list(read_objects(tmp_path / "a.json"))
