import json

import pytest

from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.sources.codex import CodexFolder


@pytest.fixture
def release(tmp_path):
    for size in ("s", "m"):
        (tmp_path / "triples" / f"codex-{size}").mkdir(parents=True)
        (tmp_path / "triples" / f"codex-{size}" / "train.txt").write_text(f"Q1\tP1\t{size}\n")
        (tmp_path / "triples" / f"codex-{size}" / "valid_negatives.txt").write_text("Q9\tP1\tQ9\n")
    wiki = "https://en.wikipedia.org/wiki/Douglas_Ad%C3%A4ms"
    for language, label in (("en", "Adams"), ("de", "Ädams")):
        for room, entries in (
            ("entities", {"Q1": {"label": label, "description": "writer", "wiki": wiki if language == "en" else None}}),
            ("relations", {"P1": {"label": label, "description": ""}}),
        ):
            (tmp_path / room / language).mkdir(parents=True)
            (tmp_path / room / language / f"{room}.json").write_text(json.dumps(entries))
    return tmp_path


def test_the_release_gives_triples_of_a_size_and_names_in_the_languages_asked_for(release):
    reader = CodexFolder(release, size="m", languages=("en", "de"))

    assert list(reader.read()) == [
        Triple("Q1", "P1", "m"),
        EntityRecord("Q1", "Adams", (), "writer", "", "Douglas Adäms"),
        RelationRecord("P1", "Adams"),
        EntityRecord("Q1", "Ädams", (), "writer", "de"),
        RelationRecord("P1", "Ädams", language="de"),
    ]
    assert len(reader.files()) == 5


def test_names_are_found_above_a_folder_of_triples(release):
    items = list(CodexFolder(release / "triples" / "codex-s").read())

    assert [item.label for item in items[1:]] == ["Adams", "Adams"]


def test_a_folder_of_triples_alone_has_no_names(tmp_path):
    (tmp_path / "train.txt").write_text("Q1\tP1\tQ2\n")

    assert list(CodexFolder(tmp_path).read()) == [Triple("Q1", "P1", "Q2")]


@pytest.mark.real
def test_codex_s_is_read_without_its_negatives(shared_data):
    assert sum(1 for _ in CodexFolder(shared_data / "kg" / "codex-s").read()) == 26_446 + 1_465
