import io
import json

import pytest

from kgpt.cli.main import main

TEXT = "Citytown2 is the capital of Landia2."


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    links = [{"start": 0, "end": 9, "entity": "Q2"}, {"start": 28, "end": 35, "entity": "Q999"}]
    path.write_text(json.dumps({"id": "a", "text": TEXT, "links": links}) + "\n")
    return path


def test_documents_are_linked_into_a_file(kgpt, gold, graph_store, tmp_path):
    assert kgpt("link", gold, "--graph", graph_store, "--out", tmp_path / "linked.jsonl").status == 0

    (row,) = map(json.loads, (tmp_path / "linked.jsonl").read_text().splitlines())
    assert [(one["start"], one["end"], one["entity"]) for one in row["links"]] == [(0, 9, "Q2"), (28, 35, "Q102")]
    assert all(0 < one["score"] <= 1 for one in row["links"])


def test_own_links_are_kept_where_asked(kgpt, tmp_path, graph_store):
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"text": TEXT, "links": [{"start": 0, "end": 9, "entity": "Q7"}]}) + "\n")

    kgpt("link", path, "--graph", graph_store, "--out", tmp_path / "linked.jsonl", "--keep-links")

    (row,) = map(json.loads, (tmp_path / "linked.jsonl").read_text().splitlines())
    assert [one["entity"] for one in row["links"]] == ["Q7", "Q102"]


def test_documents_come_in_and_go_out_through_pipes(graph_store, monkeypatch, capfdbinary):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"text": TEXT}) + "\n\n"))

    with pytest.raises(SystemExit):
        main(["link", "-", "--graph", str(graph_store), "--out", "-"])

    (row,) = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert len(row["links"]) == 2 and row["text"] == TEXT


@pytest.mark.parametrize("mode", ["A2KB", "D2KB"])
def test_evaluation_tells_gerbils_figures(kgpt, gold, graph_store, mode):
    told = kgpt("link", "--graph", graph_store, "--evaluate", gold, "--mode", mode, "--json")

    assert told.status == 0
    assert told.json.keys() == {
        "mode",
        "in_kb_micro_f1",
        "in_kb_micro_precision",
        "in_kb_micro_recall",
        "in_kb_macro_f1",
        "num_gold",
        "num_gold_in_kb",
        "num_documents",
        "errors",
    }
    assert told.json["errors"].keys() == {
        "not_detected",
        "wrong_span",
        "no_candidate",
        "wrong_candidate",
        "false_mention",
    }
    assert (told.json["mode"], told.json["num_gold"], told.json["num_gold_in_kb"]) == (mode, 2, 1)


def test_evaluation_in_words_has_a_line_a_figure(kgpt, gold, graph_store):
    told = kgpt("link", "--graph", graph_store, "--evaluate", gold)

    assert any(line.startswith("in_kb_micro_recall") and line.endswith("1.000") for line in told.out.splitlines())
