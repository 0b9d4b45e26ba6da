"""The examples do what they say: the notebook cell by cell in a kernel of its own, the script as a user calls it."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(autouse=True)
def checkout(monkeypatch):
    """The kernel and the script import this checkout, with one thread each."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")


def executed(notebook, folder):
    """`notebook` with its outputs."""
    client = NotebookClient(
        notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    return client.execute()


def outputs(cell):
    """What a cell printed or gave, as one text."""
    return "".join(one.get("text") or one.get("data", {}).get("text/plain", "") for one in cell.outputs)


def test_every_example_is_run_here():
    found = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".ipynb"}}

    assert found == {"own_graph.py", "lighthouses.ipynb"}


def test_the_notebook_runs_from_top_to_bottom(tmp_path):
    notebook = nbformat.read(EXAMPLES / "lighthouses.ipynb", as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")

    told = [outputs(cell) for cell in executed(notebook, tmp_path).cells if cell.cell_type == "code"]

    shown = "\n".join(told)
    assert "26 entities, 24 triples" in shown
    assert "('Cairn Light', 'urn:light:l2'" in shown and "('keeper', 'Keeper Knockson')" in shown
    assert "('urn:light:l2', 'urn:light:keeper', 'urn:light:k2'" in shown
    assert "text_only" in shown and "kg_t5" in shown
    assert (tmp_path / "lighthouses" / "cairn.svg").read_text("utf-8").startswith("<svg")


def test_a_cell_that_fails_is_found(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("assert 1 == 2", id="a")])

    with pytest.raises(CellExecutionError, match="AssertionError"):
        executed(notebook, tmp_path)


def test_the_script_goes_from_triples_to_answers(tmp_path):
    run = subprocess.run(
        [sys.executable, str(EXAMPLES / "own_graph.py"), "--folder", "islands", "--steps", "3"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"KGPT_QUIET": "1"},
    )

    assert run.returncode == 0, run.stderr
    assert "graph: 127 entities, 240 triples" in run.stdout
    assert all(f"{arm}: the capital of" in run.stdout for arm in ("text_only", "kg_t5", "kg_t5_shuffled"))
    assert (tmp_path / "islands" / "report.html").read_text("utf-8").startswith("<!doctype html>")
