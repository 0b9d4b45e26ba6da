"""Every mistake of a user's ends in one line on stderr, exit status 2 and nothing half-written."""

import json

import pytest

LINK_BEYOND = {"text": "Berlin", "links": [{"start": 0, "end": 60, "entity": "Q1"}]}


@pytest.fixture
def mess(tmp_path):
    """A folder of files each wrong in its own way."""
    folder = tmp_path / "mess"
    (folder / "empty").mkdir(parents=True)
    (folder / "bad.jsonl").write_text('{"text": "fine and long enough to stay here"}\n{"text": \n')
    (folder / "beyond.jsonl").write_text(json.dumps(LINK_BEYOND) + "\n")
    (folder / "questions.jsonl").write_text('{"question": "What?"}\n')
    (folder / "bad.tsv").write_text("Q1\tP1\tQ2\nQ1\tP1\n")
    (folder / "bad.nt").write_text("<http://a> <http://b> .\n")
    (folder / "not.yaml").write_text("a: [b\n")
    (folder / "empty.csv").touch()
    (folder / "steps.yaml").write_text("steps: pii")
    (folder / "wrong").mkdir()
    (folder / "wrong" / "config.json").write_text('{"model_type": "gpt2"}')
    return folder


CASES = {
    "unknown config key": ("run {project}/tiny.yaml --set training.max_step=3 --out {out}", "training.max_step"),
    "a config that is no YAML": ("corpus build {mess}/beyond.jsonl --config {mess}/not.yaml --out {out}", "not YAML"),
    "no such config": ("run {mess}/none.yaml --out {out}", "none.yaml: no such config"),
    "no such graph source": ("graph build {mess}/none.tsv --out {out}", "none.tsv"),
    "no such store": ("graph info {mess}/none", "none"),
    "a folder that is no store": ("graph info {mess}/empty", "empty"),
    "malformed triple": ("graph build {mess}/bad.tsv --out {out}", "bad.tsv:2"),
    "malformed statement": ("graph build {mess}/bad.nt --out {out}", "bad.nt"),
    "unknown entity": ("graph show {graph} Q103x", "Q103x"),
    "no such documents": ("corpus build {mess}/none.jsonl --out {out}", "none.jsonl"),
    "malformed document": ("corpus build {mess}/bad.jsonl --out {out}", "bad.jsonl:2"),
    "span out of the text": ("corpus build {mess}/beyond.jsonl --out {out}", "out of the text"),
    "a folder that is no corpus": ("corpus info {mess}/empty", "no curated corpus there"),
    "span out of the text, aligning": ("align {mess}/beyond.jsonl --graph {graph} --out {out}", "beyond.jsonl:1"),
    "no such documents, aligning": ("align {mess}/none.jsonl --graph {graph} --out {out}", "none.jsonl"),
    "malformed document, linking": ("link {mess}/bad.jsonl --graph {graph} --out {out}", "bad.jsonl:2"),
    "no such gold": ("link --graph {graph} --evaluate {mess}/none.jsonl", "none.jsonl"),
    "no such checkpoint": ("ask {mess}/none What?", "none"),
    "a folder that is no checkpoint": ("ask {mess}/empty What?", "not a Hugging Face checkpoint"),
    "a checkpoint of another kind": ("ask {mess}/wrong What?", "cannot be loaded as encoder"),
    "malformed question": ("evaluate {model} --task qa --data {mess}/questions.jsonl", "questions.jsonl:1"),
    "no such store, evaluating": ("evaluate {model} --task cloze --graph {mess}/empty", "empty"),
    "no such arm": ("pretrain {project}/tiny.yaml --arm kg_t6 --out {out}", "did you mean 'kg_t5'"),
    "no such recipe": ("recipes kg_t6", "did you mean 'kg_t5'"),
    "no such run": ("report {mess}/none --out {out}.html", "none: no such run folder"),
    "a folder that is no run": ("report {mess}/empty --out {out}.html", "empty"),
    "a report of another form": (
        "report {mess}/empty --out {out}.pdf",
        "written as .html or .htm or .md, found the suffix",
    ),
    "a config without its suffix": ("run {project}/tiny --out {out}", "tiny.yaml'?"),
    "a folder in place of a config": ("run . --out {out}", ".: no such config"),
    "an empty table": ("graph build {mess}/empty.csv --out {out}", "empty.csv: empty; a table of triples begins with"),
    "steps that are no list": ("corpus build {mess}/beyond.jsonl --config {mess}/steps.yaml --out {out}", "a list"),
    "a folder that holds a checkpoint": ("ask {run} What?", "; there is one in {run}/6-arms"),
    "nothing is asked": ("ask {model} {blank}", "nothing is asked"),
    "a missing source in a config": (
        "run {project}/tiny.yaml --set corpus.sources=[{mess}/x.jsonl] --out {out}",
        "x.jsonl",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_in_one_line(case, kgpt, mess, project, graph_store, checkpoint, finished_run, tmp_path):
    command, expected = CASES[case]
    places = {"mess": mess, "project": project, "out": tmp_path / "out", "graph": graph_store, "model": checkpoint}
    places |= {"run": finished_run, "blank": "\u2003"}

    told = kgpt(*command.format(**places).split(" "))

    *log, last = told.err.splitlines()
    assert told.status == 2
    assert not log or command.startswith("run")  # a run tells its stages first
    assert told.out == ""
    assert last.startswith("kgpt: ") and expected.format(**places) in last
    assert "Traceback" not in told.err


WRITING = [name for name, (command, _) in CASES.items() if "{out}" in command and not command.startswith("run")]


@pytest.mark.parametrize("case", [name for name in WRITING if "no such arm" not in name])
def test_a_mistake_leaves_nothing_half_written(case, kgpt, mess, project, graph_store, checkpoint, tmp_path):
    command, _ = CASES[case]
    places = {"mess": mess, "project": project, "out": tmp_path / "out", "graph": graph_store, "model": checkpoint}

    kgpt(*command.format(**places).split())

    assert [path.name for path in tmp_path.iterdir()] == ["mess"]


def test_a_run_that_stops_at_a_mistake_keeps_its_whole_stages_alone(kgpt, project, mess, tmp_path):
    told = kgpt("run", project / "tiny.yaml", "--set", f"corpus.sources=[{mess}/bad.jsonl]", "--out", tmp_path / "run")

    assert told.status == 2 and "bad.jsonl:2" in told.err
    assert sorted(path.name for path in (tmp_path / "run").iterdir() if path.is_dir()) == ["1-graph"]


def test_debug_shows_where_an_error_comes_from(kgpt, mess):
    told = kgpt("--debug", "graph", "info", mess / "empty")

    assert told.status == 2 and "Traceback" in told.err


CALLS = {
    "pretrian": "no such command 'pretrian'; did you mean 'pretrain'? see `kgpt --help`",
    "graph bild": "graph: no such command 'bild'; did you mean 'build'? see `kgpt graph --help`",
    "run": "run: missing argument 'CONFIG'; see `kgpt run --help`",
    "run demo --untl graph": "run: no such option '--untl'; did you mean '--until'? see `kgpt run --help`",
    "run --out": "run: option '--out' requires an argument; see `kgpt run --help`",
    "--nope": "no such option '--nope'; see `kgpt --help`",
    "tasks twice": "tasks: got unexpected extra argument (twice); see `kgpt tasks --help`",
    "link --graph g": "link: give DOCUMENTS and --out FILE, or --evaluate GOLD, or --fit GOLD; see `kgpt link --help`",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_call_is_told_in_one_line(call, kgpt):
    told = kgpt(*call.split())

    assert told == (type(told)(2, "", f"kgpt: {CALLS[call]}\n"))


def test_a_wrong_choice_is_told_with_what_is_allowed(kgpt):
    told = kgpt("run", "demo", "--until", "linking")

    assert told.status == 2 and told.err.count("\n") == 1
    assert told.err.startswith("kgpt: run: invalid value for '--until': 'linking'") and "'linked'" in told.err


def test_kgpt_alone_shows_its_help(kgpt):
    told = kgpt()

    assert told.status == 2 and "Commands:" in told.err
