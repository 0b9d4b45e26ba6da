import pytest

from kgpt.errors import StoreError
from kgpt.manifest import (
    MANIFEST_NAME,
    Manifest,
    file_marks,
    read_manifest,
    stage_fingerprint,
    verify_below,
    versions,
)


def test_a_manifest_comes_back_as_it_was_written(tmp_path):
    manifest = Manifest(stage="corpus", fingerprint="ab", inputs={"x": "1"}, num_in=3, num_out=1, dropped={"empty": 2})

    manifest.write(tmp_path)

    assert read_manifest(tmp_path) == manifest


def test_a_folder_without_one_has_none(tmp_path):
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"stage": "x"}', b'{"stage": "x", "fingerprint": "", "more": 1}', b"\xff"]
)
def test_a_damaged_manifest_is_told_with_its_path_and_the_remedy(tmp_path, content):
    (tmp_path / MANIFEST_NAME).write_bytes(content)

    with pytest.raises(StoreError, match=r"manifest\.json: not a manifest of kgpt .*delete the folder"):
        read_manifest(tmp_path)


def test_the_fingerprint_changes_with_every_input_and_setting_but_not_with_their_order():
    print_of = stage_fingerprint("graph", inputs={"a": "1", "b": "2"}, config={"x": 1})

    assert stage_fingerprint("graph", inputs={"b": "2", "a": "1"}, config={"x": 1}) == print_of
    others = [
        stage_fingerprint("corpus", inputs={"a": "1", "b": "2"}, config={"x": 1}),
        stage_fingerprint("graph", inputs={"a": "1", "b": "3"}, config={"x": 1}),
        stage_fingerprint("graph", inputs={"a": "1", "b": "2"}, config={"x": 2}),
    ]
    assert print_of not in others


def test_versions_name_what_decides_the_numbers():
    assert {"kgpt", "torch", "transformers", "numpy", "tokenizers"} == set(versions())


def test_a_flipped_bit_is_found_by_its_hash_and_a_card_may_change(tmp_path):
    folder = tmp_path / "6-arms" / "a"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "weights").write_bytes(bytes(range(256)))
    (folder / "README.md").write_text("a card")
    Manifest(stage="x", fingerprint="y", files=file_marks(folder)).write(folder)
    (folder / "README.md").write_text("another")

    assert verify_below(tmp_path) == 1

    (folder / "model" / "weights").write_bytes(bytes([1, *range(1, 256)]))
    with pytest.raises(StoreError, match=r"model/weights: its content changed since it was written; delete .*6-arms/a"):
        verify_below(tmp_path)
