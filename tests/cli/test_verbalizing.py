import json

import pytest


def test_sentences_are_documents_that_other_commands_read(kgpt, graph_store, tmp_path):
    told = kgpt("verbalize", graph_store, "--out", tmp_path / "s.jsonl", "--license", "CC0", "--json")

    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    assert told.status == 0
    assert told.json["num_documents"] == len(rows)
    assert told.json["num_triples"] == sum(len(row["triples"]) for row in rows) == 120
    assert told.json["num_links"] == sum(len(row["links"]) for row in rows)
    assert rows[0]["metadata"] == {"source": "kgpt verbalize", "license": "CC0", "language": "en"}
    linked = kgpt("link", tmp_path / "s.jsonl", "--graph", graph_store, "--out", tmp_path / "linked.jsonl")
    assert linked.status == 0
    built = kgpt("corpus", "build", tmp_path / "s.jsonl", "--out", tmp_path / "corpus", "--json")
    assert built.json["num_documents"] + sum(built.json["dropped"].values()) == len(rows)


@pytest.fixture
def aligned(kgpt, project, graph_store, tmp_path):
    kgpt("link", project / "documents.jsonl", "--graph", graph_store, "--out", tmp_path / "linked.jsonl")
    kgpt("align", tmp_path / "linked.jsonl", "--graph", graph_store, "--out", tmp_path / "aligned")
    return tmp_path / "aligned"


def test_patterns_of_a_corpus_are_learnt(kgpt, graph_store, aligned, tmp_path):
    told = kgpt(
        "verbalize", graph_store, "--out", tmp_path / "s.jsonl", "--mode", "ngram", "--corpus", aligned, "--json"
    )

    assert told.status == 0 and told.json["num_patterns"] >= 1
    assert " is the capital of Landia" in (tmp_path / "s.jsonl").read_text("utf-8")


def test_a_generator_that_names_too_little_is_counted(kgpt, graph_store, checkpoint, tmp_path):
    told = kgpt(
        "verbalize",
        graph_store,
        "--out",
        tmp_path / "s.jsonl",
        "--mode",
        "generator",
        "--checkpoint",
        checkpoint,
        "--json",
    )

    assert told.status == 0
    assert told.json["dropped"]["names_too_few_entities"] + told.json["num_triples"] == 120


@pytest.mark.parametrize(("mode", "needed"), [("ngram", "--corpus"), ("generator", "--checkpoint")])
def test_a_mode_says_what_it_needs(kgpt, graph_store, tmp_path, mode, needed):
    told = kgpt("verbalize", graph_store, "--out", tmp_path / "s.jsonl", "--mode", mode)

    assert told.status == 2 and needed in told.err
    assert not (tmp_path / "s.jsonl").exists()


def test_counts_in_words(kgpt, graph_store, tmp_path):
    told = kgpt("verbalize", graph_store, "--out", tmp_path / "s.jsonl", "--max-triples", "1", "--seed", "3")

    assert told.out.startswith("120 documents, 120 triples, 240 links")
