import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, RelationRecord, Triple
from kgpt.sources.wikidata5m import Wikidata5m


@pytest.fixture
def release(tmp_path):
    for setting in ("transductive", "inductive"):
        for split in ("train", "valid", "test"):
            (tmp_path / f"wikidata5m_{setting}_{split}.txt").write_text(f"Q1\tP1\t{setting}-{split}\n")
    (tmp_path / "wikidata5m_entity.txt").write_text("Q1\tadams\tDouglas  Adams\tadams\nQ2\t\n")
    (tmp_path / "wikidata5m_relation.txt").write_text("P1\toccupation\n")
    (tmp_path / "wikidata5m_text.txt").write_text("Q1\tDouglas Adams was an English author.\nQ2\t\n")
    return tmp_path


def test_the_release_gives_triples_names_and_descriptions(release):
    assert list(Wikidata5m(release, splits=("train", "valid")).read()) == [
        Triple("Q1", "P1", "transductive-train"),
        Triple("Q1", "P1", "transductive-valid"),
        EntityRecord("Q1", "adams", ("Douglas Adams",)),
        Dropped("Q2", "empty_label"),
        RelationRecord("P1", "occupation"),
        EntityRecord("Q1", description="Douglas Adams was an English author."),
        Dropped("Q2", "no_description"),
    ]


def test_the_inductive_splits_are_read_when_asked_for(release):
    items = Wikidata5m(release, setting="inductive", splits=("test",)).read()

    assert next(items) == Triple("Q1", "P1", "inductive-test")


@pytest.mark.parametrize("name", ["wikidata5m_inductive_train.txt", "wikidata5m_all_triplet.txt"])
def test_a_folder_with_other_triples_gives_those(tmp_path, name):
    (tmp_path / name).write_text("Q1\tP1\tQ2\n")

    assert list(Wikidata5m(tmp_path).read()) == [Triple("Q1", "P1", "Q2")]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("wikidata5m_transductive_test.txt", {Triple}),
        ("wikidata5m_entity.txt", {EntityRecord, Dropped}),
        ("wikidata5m_relation.txt", {RelationRecord}),
        ("wikidata5m_text.txt", {EntityRecord, Dropped}),
    ],
)
def test_a_file_of_the_release_is_read_alone(release, name, kinds):
    assert {type(item) for item in Wikidata5m(release / name).read()} == kinds


def test_a_folder_without_triples_is_refused(tmp_path):
    (tmp_path / "wikidata5m_text.txt").touch()

    with pytest.raises(DataError, match=r"expected wikidata5m_transductive_train\.txt or another split in the folder"):
        list(Wikidata5m(tmp_path).read())
