import subprocess
import sys

import pytest

HEAVY = ["torch", "spacy", "torch_geometric", "datasets", "pandas", "rdflib", "transformers"]
DATA_ROOMS = ["sources", "kg", "corpus", "linking", "alignment", "verbalization", "wkgraph", "sequences"]


def loaded_after(code, names=HEAVY):
    """Which of the packages called `names` a fresh process has loaded once it ran `code`."""
    told = f"{code}\nimport sys\nprint('LOADED', *[name for name in {names!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1].split()[1:]


def test_the_probe_sees_a_package_that_is_loaded():
    assert loaded_after("import rdflib") == ["rdflib"]


@pytest.mark.parametrize("room", DATA_ROOMS)
def test_a_data_room_opens_without_heavy_packages(room):
    assert loaded_after(f"import kgpt.{room}") == []


CALLS = """
import sys
from kgpt.cli.main import main

def call(line):
    try:
        main(line.split(' '))
    except SystemExit as end:
        assert end.code == 0, line

for line in {lines!r}:
    call(line)
"""
DATA_COMMANDS = """
graph build {project}/graph --out {out}/graph
graph info {out}/graph --verify
graph show {out}/graph Q103
graph stats {out}/graph
graph select {out}/graph --sparql SELECT?head?relation?tail{{{{?head?relation?tail}}}} --out {out}/capitals
graph export {out}/graph --to tsv --out {out}/tsv
corpus build {project}/documents.jsonl --out {out}/corpus
corpus info {out}/corpus
corpus dropped {out}/corpus
corpus why {out}/corpus dQ2
link {out}/corpus/documents.jsonl --graph {out}/graph --out {out}/linked.jsonl
verbalize {out}/graph --out {out}/sentences.jsonl
questions --graph {out}/graph --out {out}/questions.jsonl
recipes
recipes kg_t5
completion zsh
"""


@pytest.mark.parametrize("line", ["--help", "run --help", "evaluate --help", "--version"])
def test_help_loads_nothing_that_one_would_wait_for(line):
    assert loaded_after(CALLS.format(lines=[line]), [*HEAVY, "numpy", "pydantic", "kgpt.sources"]) == []


def test_the_data_commands_load_no_heavy_package(project, tmp_path):
    lines = DATA_COMMANDS.format(project=project, out=tmp_path).split("\n")[1:-1]

    loaded = loaded_after(CALLS.format(lines=lines))

    assert loaded == []  # `kgpt align` is not among them: it splits sentences with spaCy, which itself loads PyTorch
    assert (tmp_path / "sentences.jsonl").is_file()
