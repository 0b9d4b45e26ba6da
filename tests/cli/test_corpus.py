import json

import pytest


@pytest.fixture
def documents(tmp_path):
    path = tmp_path / "documents.jsonl"
    text = "Citytown2 is the capital of Landia2, and many more words follow here."
    links = [{"start": 0, "end": 9, "entity": "Q2"}, {"start": 28, "end": 35, "entity": "Q102"}]
    rows = [{"id": "a", "text": text, "links": links, "metadata": {"source": "wiki"}}, {"id": "b", "text": text}]
    rows.append({"id": "c", "text": "Too short."})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_build_counts_what_stays_and_what_goes_by_reason(kgpt, documents, tmp_path):
    (tmp_path / "steps.yaml").write_text("steps: [normalize, exact_duplicates, {type: length, min_words: 5}]")

    told = kgpt("corpus", "build", documents, "--out", tmp_path / "out", "--config", tmp_path / "steps.yaml", "--json")

    assert told.status == 0
    assert told.json.keys() == {"num_documents", "num_tokens", "dropped", "slices"}
    assert told.json["num_documents"] == 1
    assert sorted(told.json["dropped"].values()) == [1, 1]
    assert kgpt("corpus", "info", tmp_path / "out", "--json").json == told.json


def test_info_in_words_has_a_line_a_count(kgpt, documents, tmp_path):
    kgpt("corpus", "build", documents, "--out", tmp_path / "out")

    told = kgpt("corpus", "info", tmp_path / "out")

    assert any(line.split()[0] == "documents" for line in told.out.splitlines())


def test_align_finds_the_triples_both_of_whose_ends_are_linked(kgpt, documents, graph_store, tmp_path):
    told = kgpt("align", documents, "--graph", graph_store, "--out", tmp_path / "out", "--json")

    counts = {"num_documents": 3, "num_passages": 3, "num_alignments": 2, "num_literals": 0}
    assert told.json == counts | {"dropped": {}}
    (first, *_) = (tmp_path / "out" / "passages.jsonl").read_text().splitlines()
    assert "Q102" in first
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["num_out"] == 3


def test_align_replaces_what_it_wrote_before(kgpt, documents, graph_store, tmp_path):
    for _ in range(2):
        assert kgpt("align", documents, "--graph", graph_store, "--out", tmp_path / "out").status == 0


def test_a_users_folder_is_not_replaced(kgpt, documents, graph_store, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")

    for command in (
        ("align", documents, "--graph", graph_store, "--out", tmp_path / "mine"),
        ("corpus", "build", documents, "--out", tmp_path / "mine"),
    ):
        told = kgpt(*command)
        assert told.status == 2 and "holds something else" in told.err

    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
