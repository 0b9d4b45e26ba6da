import io
import json
import re

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


def test_the_numbers_of_documents_and_links_are_told(kgpt, gold, graph_store, tmp_path):
    (tmp_path / "other.jsonl").write_text('{"text": "nothing that any entity is called"}')

    some = kgpt("link", gold, "--graph", graph_store, "--out", tmp_path / "some.jsonl").err
    none = kgpt("link", tmp_path / "other.jsonl", "--graph", graph_store, "--out", tmp_path / "none.jsonl").err

    assert re.search(r"\d+ documents, [1-9]\d* links\n", some)
    assert "1 documents, 0 links; no name of the graph stands in any: are they about it" in none


def test_own_links_are_kept_where_asked(kgpt, tmp_path, graph_store):
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"text": TEXT, "links": [{"start": 0, "end": 9, "entity": "Q7"}]}) + "\n")

    kgpt("link", path, "--graph", graph_store, "--out", tmp_path / "linked.jsonl", "--keep-links")

    (row,) = map(json.loads, (tmp_path / "linked.jsonl").read_text().splitlines())
    assert [one["entity"] for one in row["links"]] == ["Q7", "Q102"]


def test_documents_come_in_and_go_out_through_pipes(graph_store, monkeypatch, capfdbinary):
    told = json.dumps({"text": TEXT}) + "\n\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(told.encode())))

    with pytest.raises(SystemExit):
        main(["link", "-", "--graph", str(graph_store), "--out", "-"])

    (row,) = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert len(row["links"]) == 2 and row["text"] == TEXT


CONTRACT = {
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
ERRORS = {"not_detected", "wrong_span", "no_candidate", "wrong_candidate", "false_mention"}


@pytest.mark.parametrize("mode", ["A2KB", "D2KB"])
def test_evaluation_tells_gerbils_figures(kgpt, gold, graph_store, mode):
    told = kgpt("link", "--graph", graph_store, "--evaluate", gold, "--mode", mode, "--json")

    assert told.status == 0
    assert told.json.keys() >= CONTRACT
    assert told.json["errors"].keys() == ERRORS
    assert (told.json["mode"], told.json["num_gold"], told.json["num_gold_in_kb"]) == (mode, 2, 1)


@pytest.fixture
def two(gold, tmp_path):
    """Two gold files."""
    other = tmp_path / "second.v2.jsonl"
    other.write_text(gold.read_text() * 2)
    return gold, other


@pytest.mark.parametrize("joined", [True, False])
def test_several_sets_have_an_object_each(kgpt, two, graph_store, joined):
    asked = ["--evaluate", ",".join(map(str, two))] if joined else [x for one in two for x in ("--evaluate", one)]

    told = kgpt("link", "--graph", graph_store, *asked, "--json")

    assert {name: one["num_documents"] for name, one in told.json["sets"].items()} == {"gold": 1, "second": 2}
    assert all(one.keys() >= CONTRACT for one in told.json["sets"].values())


def test_sets_of_one_name_are_called_by_their_paths(kgpt, gold, graph_store, tmp_path):
    (tmp_path / "b").mkdir()
    other = tmp_path / "b" / "gold.jsonl"
    other.write_text(gold.read_text())

    told = kgpt("link", "--graph", graph_store, "--evaluate", f"{gold},{other}", "--json")

    assert told.json["sets"].keys() == {str(gold), str(other)}


def test_evaluation_in_words_has_a_row_a_set(kgpt, two, graph_store):
    told = kgpt("link", "--graph", graph_store, "--evaluate", ",".join(map(str, two)))

    header, first, second, _, errors, *_ = told.out.splitlines()
    columns = header.replace("macro ", "macro_").replace("NIL ", "NIL_").replace("prior ", "prior_")
    cells = dict(zip(columns.replace("ceiling ", "ceiling_").split(), first.split(), strict=True))
    assert (cells["A2KB"], cells["documents"], cells["R"], cells["reachable"]) == ("gold", "1", "1.000", "0.500")
    assert second.startswith("second")
    assert all(kind.replace("_", " ") in errors for kind in ERRORS)


def test_an_evaluation_becomes_a_page(kgpt, two, graph_store, tmp_path):
    told = kgpt("link", "--graph", graph_store, "--evaluate", ",".join(map(str, two)), "--page", tmp_path / "page.html")

    assert told.status == 0
    assert "gold, second" in (tmp_path / "page.html").read_text("utf-8")


def test_weights_are_fitted_written_and_used(kgpt, gold, graph_store, tmp_path):
    path = tmp_path / "weights.json"

    fitted = kgpt("link", "--graph", graph_store, "--fit", gold, "--weights-out", path)
    used = kgpt("link", "--graph", graph_store, "--weights", path, "--evaluate", gold, "--json")
    at_once = kgpt("link", "--graph", graph_store, "--fit", gold, "--evaluate", gold, "--json")

    assert (fitted.status, fitted.out) == (0, "")
    assert json.loads(path.read_text()).keys() == {"local", "whole"}
    assert used.json == at_once.json


def test_a_threshold_leaves_unlikely_links_out(kgpt, gold, graph_store):
    told = kgpt("link", "--graph", graph_store, "--evaluate", gold, "--nil-threshold", 0.999, "--json")

    assert told.json["in_kb_micro_recall"] == 0


def test_links_of_documents_move_the_priors(kgpt, graph_store, tmp_path):
    links = [{"start": 0, "end": 9, "entity": "Q7"}]
    anchors, given = tmp_path / "anchors.jsonl", tmp_path / "given.jsonl"
    anchors.write_text((json.dumps({"text": TEXT, "links": links}) + "\n") * 50)
    given.write_text(json.dumps({"text": TEXT, "links": links}) + "\n")

    def prior(*options):
        told = kgpt("link", "--graph", graph_store, "--evaluate", given, "--mode", "D2KB", "--json", *options)
        return told.json["prior_f1"]

    assert (prior(), prior("--anchors", anchors)) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give DOCUMENTS and --out FILE, or --evaluate GOLD, or --fit GOLD"),
        (["docs.jsonl"], "give DOCUMENTS and --out FILE"),
        (["--evaluate", "{gold}", "--out", "x"], "give DOCUMENTS and --out FILE"),
        (["--fit", "{gold}"], "say where they go"),
        (["--weights-out", "x", "--evaluate", "{gold}"], "give --fit GOLD, too"),
        (["docs.jsonl", "--out", "x", "--page", "y"], "give --evaluate GOLD, too"),
        (["--evaluate", "{gold}", "--nil-threshold", "1.5"], "nil_threshold: Input should be less than 1, found 1.5"),
        (["--evaluate", "{gold}", "--language", "../x"], "language: .*found '../x'"),
        (["--evaluate", "{gold}", "--weights", "{gold}"], "gold.jsonl: .*no such setting"),
        (["--evaluate", "{gold}", "--weights", "nowhere.json"], "nowhere.json: no such file"),
        (["--evaluate", "nowhere.jsonl"], "nowhere.jsonl: no such file"),
        (["--fit", "{strange}", "--weights-out", "x"], "strange.jsonl: no gold link stands at a name of the graph"),
        (["--evaluate", "{gold}", "--graph", "nowhere"], "nowhere: no such graph store"),
    ],
)
def test_what_cannot_be_is_told_with_the_remedy(kgpt, gold, graph_store, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strange.jsonl").write_text(json.dumps({"text": "Citytown2", "links": []}) + "\n")
    files = {"gold": gold, "strange": tmp_path / "strange.jsonl"}

    told = kgpt("link", "--graph", graph_store, *(one.format(**files) for one in arguments))

    assert told.status == 2
    assert re.search(message, told.err)
    assert "Traceback" not in told.err
