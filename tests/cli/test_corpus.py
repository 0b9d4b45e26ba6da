import json

import pytest

from kgpt.cli import corpus_info
from kgpt.corpus.slices import SLICES

REPORT = ("num_documents", "num_tokens", "dropped", "changed", "slices", "facts", "steps", "never_fired")


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
    assert told.json.keys() == set(REPORT)
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


@pytest.fixture
def curated(kgpt, documents, tmp_path):
    steps = "[normalize, {type: gopher_quality, min_words: 5, sources: [wiki]}, exact_duplicates, length]"
    (tmp_path / "steps.yaml").write_text(f"steps: {steps}")
    kgpt("corpus", "build", documents, "--out", tmp_path / "out", "--config", tmp_path / "steps.yaml")
    return tmp_path / "out"


def test_kept_and_dropped_are_what_was_read(kgpt, curated):
    kept = kgpt("corpus", "info", curated, "--json").json["num_documents"]
    told = kgpt("corpus", "dropped", curated, "--json").json

    manifest = json.loads((curated / "manifest.json").read_text())
    of_b = {"reason": "exact_duplicate", "step": "exact_duplicates", "source": ""}
    assert kept + told["num_dropped"] == manifest["num_in"] == 3
    assert told["documents"] == [
        {"id": "b", "duplicate_of": "a", "text": told_text(curated)} | of_b,
        {"id": "c", "duplicate_of": "", "reason": "too_short", "step": "length", "source": "", "text": "Too short."},
    ]


def told_text(curated):
    return json.loads((curated / "documents.jsonl").read_text().splitlines()[0])["text"]


def test_dropped_documents_are_listed_by_reason(kgpt, curated):
    assert kgpt("corpus", "dropped", curated, "--reason", "length").out == "c\ttoo_short\tToo short.\n"
    assert kgpt("corpus", "dropped", curated, "--reason", "too_short", "--json").json["num_dropped"] == 1
    assert "and 1 more" in kgpt("corpus", "dropped", curated, "--limit", "1").out


def test_facts_lost_are_told_beside_the_steps(kgpt, documents, graph_store, tmp_path):
    (tmp_path / "steps.yaml").write_text("steps: [{type: length, min_words: 40}, {type: fineweb}, pii]")
    build = ("corpus", "build", documents, "--out", tmp_path / "out", "--config", tmp_path / "steps.yaml")

    told = kgpt(*build, "--graph", graph_store, "--json").json

    assert told["facts"] == {"unit": "triples", "num_facts": 2, "num_kept": 0}
    assert [one["num_facts_lost"] for one in told["steps"]] == [2, 0, 0, 0]
    assert told["never_fired"] == ["fineweb", "pii"]
    text = kgpt("corpus", "info", tmp_path / "out").out
    assert "facts lost" in text and "never fired: fineweb, pii" in text
    without = kgpt(*build, "--json").json
    assert without["facts"] == {"unit": "entities", "num_facts": 2, "num_kept": 0}


def test_a_rule_that_never_fires_is_told_where_others_of_its_step_do(kgpt, documents, tmp_path):
    for name in ("used", "idle"):
        (tmp_path / f"{name}.txt").write_text("too short" if name == "used" else "nobody says this")
    lists = "{used: '{data_dir}/used.txt', idle: '{data_dir}/idle.txt'}"
    (tmp_path / "steps.yaml").write_text(f"steps: [{{type: blocklist, words: {lists}}}]")
    build = ("corpus", "build", documents, "--out", tmp_path / "out", "--config", tmp_path / "steps.yaml")

    told = kgpt(*build, "--data-dir", tmp_path, "--json")
    missing = kgpt(*build)

    assert told.json["dropped"] == {"blocklist:used": 1}
    assert told.json["never_fired"] == ["blocklist:idle"]
    assert missing.status == 2 and "needs the data folder" in missing.err and "--data-dir PATH" in missing.err


def test_the_command_line_knows_every_field_of_slices():
    assert tuple(SLICES) == corpus_info._SLICED


def test_slices_are_told_by_any_field(kgpt, documents, tmp_path):
    kgpt("corpus", "build", documents, "--out", tmp_path / "out")

    told = kgpt("corpus", "info", tmp_path / "out", "--by", "steps", "--json").json

    assert told == {"slices": {"steps": {"normalize exact_duplicates length": 1}}}
    assert "source: wiki" in kgpt("corpus", "info", tmp_path / "out").out
    assert "cluster: 2-3" in kgpt("corpus", "info", tmp_path / "out", "--by", "cluster").out


def test_why_names_the_document_that_stayed_in_its_place(kgpt, curated):
    assert kgpt("corpus", "why", curated, "b", "--json").json["documents"][0]["duplicate_of"] == "a"
    assert "in its place stays: a" in kgpt("corpus", "why", curated, "b").out


def test_why_tells_what_became_of_a_document(kgpt, curated):
    (kept,) = kgpt("corpus", "why", curated, "a", "--json").json["documents"]
    (gone,) = kgpt("corpus", "why", curated, "b", "--json").json["documents"]

    assert kept["kept"] and kept["num_links"] == 2
    assert kept["passed"] == ["normalize", "gopher_quality", "exact_duplicates", "length"]
    assert (gone["step"], gone["passed"]) == ("exact_duplicates", ["normalize"])
    assert gone["not_concerned"] == ["gopher_quality"]
    assert "dropped: too_short" in kgpt("corpus", "why", curated, "c").out


def test_a_step_that_stands_twice_is_told_apart(kgpt, tmp_path):
    rows = [{"id": "a", "text": "one two three"}, {"id": "b", "text": "one two three four five six"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "steps.yaml").write_text(
        "steps: [{type: length, min_words: 2}, normalize, {type: length, min_words: 4}, exact_duplicates]"
    )
    out = tmp_path / "out"
    kgpt("corpus", "build", tmp_path / "in.jsonl", "--out", out, "--config", tmp_path / "steps.yaml")

    (gone,) = kgpt("corpus", "why", out, "a", "--json").json["documents"]
    (kept,) = kgpt("corpus", "why", out, "b", "--json").json["documents"]
    told = kgpt("corpus", "info", out, "--json").json

    assert (gone["step"], gone["passed"]) == ("length#2", ["length", "normalize"])
    assert kept["passed"] == ["length", "normalize", "length#2", "exact_duplicates"]
    assert {one["step"]: one["num_dropped"] for one in told["steps"]}["length#2"] == 1
    assert len(told["never_fired"]) == len(set(told["never_fired"]))
    for reason, number in (("length", 1), ("length#2", 1), ("normalize", 0)):
        assert kgpt("corpus", "dropped", out, "--reason", reason, "--json").json["num_dropped"] == number


@pytest.mark.parametrize(
    ("name", "told"), [("sources", "given on the command line"), ("linked_steps", "for `kgpt run`")]
)
def test_what_a_config_says_in_vain_is_told(kgpt, tmp_path, name, told):
    (tmp_path / "in.jsonl").write_text('{"text": "one"}')
    (tmp_path / "steps.yaml").write_text(f"steps: [normalize]\n{name}: [x]\n")
    build = kgpt(
        "corpus", "build", tmp_path / "in.jsonl", "--out", tmp_path / "out", "--config", tmp_path / "steps.yaml"
    )

    assert build.status == 2 and f"steps.yaml: {name}: they are {told}" in build.err


def test_a_rule_fired_though_what_it_marked_went_later(kgpt, tmp_path):
    enough = "the house of the family stands by the river " * 9
    (tmp_path / "in.jsonl").write_text(f'{{"text": "too few"}}\n{{"text": "{enough}"}}')
    (tmp_path / "steps.yaml").write_text(
        "steps: [{type: gopher_quality, marks: true}, length, exact_duplicates, length]"
    )
    out = tmp_path / "out"
    kgpt("corpus", "build", tmp_path / "in.jsonl", "--out", out, "--config", tmp_path / "steps.yaml")

    told = kgpt("corpus", "info", out, "--json").json

    assert told["dropped"] == {"too_short": 1}
    assert "gopher_quality:too_few_words" not in told["never_fired"]
    assert "gopher_quality:long_words" in told["never_fired"] and "length#2" in told["never_fired"]


def test_why_refuses_what_nobody_read(kgpt, curated, tmp_path):
    told = kgpt("corpus", "why", curated, "nobody")
    assert told.status == 2 and "no document 'nobody' was read" in told.err

    told = kgpt("corpus", "dropped", tmp_path)
    assert told.status == 2 and "no curated corpus there" in told.err


def test_a_quality_model_is_fitted_and_used(kgpt, tmp_path):
    good, bad = "The river runs by the old house of the family.", "CLICK now !!! cheap pills $$$ 100"
    rows = [
        {"text": f"{text} {number}", "label": label} for number in range(12) for text, label in ((good, 1), (bad, 0))
    ]
    (tmp_path / "labelled.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    model = tmp_path / "quality.safetensors"
    (tmp_path / "steps.yaml").write_text(f"steps: [{{type: quality_classifier, model: {model}}}]")

    told = kgpt("corpus", "fit-quality", tmp_path / "labelled.jsonl", "--out", model, "--json").json
    build = ("corpus", "build", tmp_path / "labelled.jsonl", "--out", tmp_path / "out", "--json")
    built = kgpt(*build, "--config", tmp_path / "steps.yaml").json

    assert (told["num_good"], told["num_others"], told["auc"]) == (12, 12, 1)
    assert (built["num_documents"], built["dropped"]) == (12, {"quality_classifier:low": 12})


def test_a_set_whose_passages_were_cut_out_fired(kgpt, documents, tmp_path):
    text = json.loads(documents.read_text().splitlines()[0])["text"]
    (tmp_path / "held.jsonl").write_text(json.dumps({"text": " ".join(text.split()[:9])}))
    (tmp_path / "idle.jsonl").write_text(json.dumps({"text": "nobody says so many words in a row in any text"}))
    sets = "{held: '{data_dir}/held.jsonl', idle: '{data_dir}/idle.jsonl'}"
    step = f"{{type: decontamination, documents: {sets}, action: cut, margin_chars: 0}}"
    (tmp_path / "steps.yaml").write_text(f"steps: [{step}]")

    build = ("corpus", "build", documents, "--out", tmp_path / "out", "--config", tmp_path / "steps.yaml")
    told = kgpt(*build, "--data-dir", tmp_path, "--json").json

    assert told["changed"]["decontamination:held"] >= 1
    assert told["never_fired"] == ["decontamination:idle"]
