import pytest

from kgpt.corpus.dropping import DroppedDocument, dropped_file, read_dropped
from kgpt.errors import DataError

ONE = DroppedDocument(id="a", reason="too_short", step="length", source="web", text="née")


def test_what_is_told_is_read_back(tmp_path):
    with dropped_file(tmp_path / "list") as tell:
        tell(ONE)

    assert list(read_dropped(tmp_path / "list")) == [ONE]


def test_a_list_whose_writing_fails_does_not_appear(tmp_path):
    with pytest.raises(RuntimeError), dropped_file(tmp_path / "list") as tell:
        tell(ONE)
        raise RuntimeError

    assert not list(tmp_path.iterdir())


def test_a_line_of_another_form_is_told_with_its_place(tmp_path):
    (tmp_path / "list").write_text('{"id": "a"}\n')

    with pytest.raises(DataError, match=r"list:1: not a dropped document"):
        list(read_dropped(tmp_path / "list"))
