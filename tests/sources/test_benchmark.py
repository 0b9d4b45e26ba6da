import json
from collections import Counter

import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, RelationRecord, Triple
from kgpt.sources.benchmark import BenchmarkFolder


def test_triples_of_all_splits_come_with_names_and_descriptions(tmp_path):
    (tmp_path / "train.txt").write_text("Q1\tP1\tQ2\n")
    (tmp_path / "dev.txt").write_text("Q2\tP1\tQ3\n")
    (tmp_path / "valid_negatives.txt").write_text("Q9\tP1\tQ9\n")
    (tmp_path / "entity2label.txt").write_text("Q1\tEnk\\u00F6ping\nQ2\t\n")
    (tmp_path / "entity2definition.txt").write_text("Q1\ta town\n")
    (tmp_path / "relation2label.json").write_text(json.dumps({"P1": "near"}))
    (tmp_path / "relation2template.json").write_text("{}")

    assert list(BenchmarkFolder(tmp_path).read()) == [
        Triple("Q1", "P1", "Q2"),
        Triple("Q2", "P1", "Q3"),
        EntityRecord("Q1", "Enköping"),
        Dropped("Q2", "empty_label"),
        RelationRecord("P1", "near"),
        EntityRecord("Q1", description="a town"),
    ]


def test_only_the_splits_asked_for_are_read(tmp_path):
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.tsv").write_text(f"Q1\tP1\t{split}\n")
    reader = BenchmarkFolder(tmp_path, splits=("test", "train"))

    assert [item.tail for item in reader.read()] == ["test", "train"]
    assert [path.name for path in reader.files()] == ["test.tsv", "train.tsv"]


@pytest.mark.parametrize(
    ("splits", "told"),
    [
        (("train",), r"expected train\.txt in the folder"),
        (("tests",), "no split is called 'tests'; did you mean 'test'"),
    ],
)
def test_a_split_that_is_not_there_is_told(tmp_path, splits, told):
    with pytest.raises(DataError, match=told):
        list(BenchmarkFolder(tmp_path, splits=splits).read())


@pytest.mark.real
def test_wiki27k_is_read_with_its_escaped_names(shared_data):
    items = list(BenchmarkFolder(shared_data / "kg" / "wiki27k").read())
    labels = [item.label for item in items if isinstance(item, EntityRecord) and item.label]

    assert sum(isinstance(item, Triple) for item in items) == 60_201 + 8_121 + 8_088
    assert not any("\\u" in label for label in labels)
    assert sum(not label.isascii() for label in labels) > 3_000


@pytest.mark.real
def test_metaqa_is_one_graph(shared_data):
    items = list(BenchmarkFolder(shared_data / "metaqa").read())
    kinds = Counter(type(item).__name__ for item in items)

    assert len({item for item in items if isinstance(item, Triple)}) == 129_235
    assert (kinds["EntityRecord"], kinds["RelationRecord"]) == (43_234, 9)
