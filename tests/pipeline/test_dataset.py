"""A run and a corpus as dataset folders: opened by `datasets` itself, without the network."""

import json
import subprocess
import sys

import pytest
from huggingface_hub import DatasetCard
from pyarrow import parquet

from kgpt.errors import DataError, StoreError
from kgpt.pipeline import dataset
from kgpt.pipeline.dataset import write_dataset
from kgpt.records import Document, Link, Metadata, Triple
from kgpt.sources.documents import write_documents

OPENING = """
import json, sys
from datasets import load_dataset
told = {}
for name in json.loads(sys.argv[2]):
    opened = load_dataset(sys.argv[1], name, cache_dir=sys.argv[3])
    told[name] = {split: [len(rows), rows[0] if len(rows) else {}] for split, rows in opened.items()}
print(json.dumps(told))
"""


def opened(folder, names, cache):
    """What `datasets.load_dataset` finds, in a process of its own that may not ask the Hub: rows and the first one."""
    run = subprocess.run(
        [sys.executable, "-c", OPENING, str(folder), json.dumps(names), str(cache)],
        capture_output=True,
        text=True,
        check=True,
        env={"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PATH": "/usr/bin:/bin", "HF_HOME": str(cache)},
    )
    return json.loads(run.stdout)


def corpus_of(folder, documents):
    folder.mkdir()
    write_documents(folder / "documents.jsonl", documents)
    return folder


def test_a_run_is_opened_as_documents_sequences_and_questions(finished_run, tmp_path):
    rows = write_dataset(finished_run, tmp_path / "out")

    told = opened(tmp_path / "out", ["corpus", "sequences", "questions"], tmp_path / "cache")

    assert rows == {"corpus": 20, "sequences": 40, "questions": 40}
    assert told["corpus"]["train"][0] == 20
    ((num_sequences, first),) = told["sequences"].values()
    assert num_sequences == 40
    assert first["text"].startswith("Citytown0") and first["input_ids"]
    (link, *_) = first["links"]
    assert first["text"][link["start"] : link["end"]] == "Citytown0" and link["entity"] == "Q0"
    assert {"head": "Q100", "relation": "P36", "tail": "Q0"}.items() <= first["triples"][1].items()
    assert {split: count for split, (count, _) in told["questions"].items()}.keys() == {"train", "validation", "test"}
    assert told["questions"]["test"][1]["answers"]


def test_a_corpus_alone_is_opened(tmp_path):
    metadata = Metadata(source="wiki", license="CC-BY-SA-4.0", language="en", extra={"topic": "city"})
    document = Document("a", "Berlin lies in Germany.", (Link(0, 6, "Q64"),), metadata, (Triple("Q64", "P17", "Q183"),))

    rows = write_dataset(corpus_of(tmp_path / "corpus", [document]), tmp_path / "out")

    told = opened(tmp_path / "out", ["corpus"], tmp_path / "cache")["corpus"]["train"]
    assert rows == {"corpus": 1}
    assert told[1]["links"] == [{"start": 0, "end": 6, "entity": "Q64", "score": 1.0}]
    assert (told[1]["license"], told[1]["metadata"]) == ("CC-BY-SA-4.0", '{"topic":"city"}')


def test_an_empty_corpus_is_refused(tmp_path):
    with pytest.raises(DataError, match="its part 'corpus' is empty"):
        write_dataset(corpus_of(tmp_path / "corpus", []), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_the_card_says_licence_language_size_slices_and_provenance(finished_run, tmp_path):
    write_dataset(finished_run, tmp_path / "out", title="Cities")

    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    told = DatasetCard(text, ignore_metadata_errors=False).data

    assert told.pretty_name == "Cities"
    assert told.size_categories == ["n<1K"]
    assert [one["config_name"] for one in told.to_dict()["configs"]] == ["corpus", "sequences", "questions"]
    assert "Rows: train 20, validation 6, test 14." in text
    assert "fingerprint:" in text and "left_out:" in text
    assert str(finished_run.parent) not in text  # nor any other path of this machine


@pytest.mark.parametrize(
    ("licenses", "told"),
    [
        (["CC0-1.0", "CC0-1.0"], {"license": "cc0-1.0"}),
        (["CC0-1.0", "house rules"], {"license": "other", "license_name": "cc0-1.0-and-house-rules"}),
        (["", ""], {}),
    ],
)
def test_licences_are_told_as_the_hub_names_them(tmp_path, licenses, told):
    documents = [Document(str(n), "A text.", metadata=Metadata(license=one)) for n, one in enumerate(licenses)]

    write_dataset(corpus_of(tmp_path / "corpus", documents), tmp_path / "out")

    head = DatasetCard.load(tmp_path / "out" / "README.md").data.to_dict()
    assert {name: head.get(name) for name in told} == told and ("license" in head) == bool(told)
    assert (tmp_path / "out" / "LICENSE.md").exists() == ("license_name" in told)


def test_many_rows_are_several_files_and_none_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "FILE_ROWS", 4)
    monkeypatch.setattr(dataset, "_BATCH_ROWS", 3)
    documents = [Document(str(number), f"Text {number}.") for number in range(8)]

    write_dataset(corpus_of(tmp_path / "corpus", documents), tmp_path / "out")

    files = sorted((tmp_path / "out" / "corpus").iterdir())
    found = [parquet.read_table(path).column("id").to_pylist() for path in files]
    assert found == [["0", "1", "2", "3"], ["4", "5", "6", "7"]]


def test_one_part_alone(finished_run, tmp_path):
    assert write_dataset(finished_run, tmp_path / "out", parts=["questions"]) == {"questions": 40}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["README.md", "kgpt-dataset.json", "questions"]


def test_an_earlier_dataset_is_replaced_and_nobody_elses_folder(tmp_path):
    corpus = corpus_of(tmp_path / "corpus", [Document("a", "A text.")])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("my project")

    with pytest.raises(StoreError, match="holds something else"):
        write_dataset(corpus, tmp_path / "mine")
    for _ in range(2):
        write_dataset(corpus, tmp_path / "out")

    assert (tmp_path / "mine" / "README.md").read_text() == "my project"
    assert (tmp_path / "out" / "corpus" / "train-00000.parquet").is_file()


def test_what_is_neither_is_refused(tmp_path):
    with pytest.raises(DataError, match="neither a curated corpus nor a run"):
        write_dataset(tmp_path, tmp_path / "out")
    corpus = corpus_of(tmp_path / "corpus", [Document("a", "A text.")])
    with pytest.raises(DataError, match="has no part 'sequences'"):
        write_dataset(corpus, tmp_path / "out", parts=["sequences"])
    assert not (tmp_path / "out").exists()
