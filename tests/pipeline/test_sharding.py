"""The data stages on shards: whatever the engine and its workers, the same bytes; a killed stage goes on."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kgpt import engine
from kgpt.io import read_json
from kgpt.pipeline import load_run_config, open_run

pytestmark = [  # Ray leaves files and sockets to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

STAGES = ("2-corpus", "3-linked", "4-aligned", "5-sequences")


def content(run: Path) -> dict[str, bytes]:
    """Every file of the data stages but for what tells times."""
    files = sorted(path for stage in STAGES for path in (run / stage).rglob("*") if path.is_file())
    return {str(path.relative_to(run)): path.read_bytes() for path in files if path.name != "manifest.json"}


def counts(run: Path) -> dict[str, tuple[int, int, dict[str, int]]]:
    told = {stage: read_json(run / stage / "manifest.json") for stage in STAGES}
    return {stage: (one["num_in"], one["num_out"], one["dropped"]) for stage, one in told.items()}


def sequenced(project: Path, folder: Path, *overrides: str) -> Path:
    with open_run(load_run_config(str(project / "tiny.yaml"), overrides), folder) as run:
        run.sequences()
    return folder


def test_the_engines_give_the_same_run(project, tmp_path, monkeypatch, ray_session):
    whole = sequenced(project, tmp_path / "whole")
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": 7})

    several = sequenced(project, tmp_path / "several", "engine.type=processes", "engine.num_workers=2")
    cluster = sequenced(project, tmp_path / "cluster", "engine.type=ray", "engine.num_workers=2")

    assert content(whole) == content(several) == content(cluster)
    assert counts(whole) == counts(several) == counts(cluster)
    assert not [path for path in several.iterdir() if path.name.endswith(".shards")]


KILLED = """
import sys
from pathlib import Path
from kgpt import engine
from kgpt.linking import linker
from kgpt.pipeline import load_run_config, open_run

engine.cut.__kwdefaults__["num_lines"] = 2
link, done = linker.Linker.link, []

def slow(self, document):
    done.append(document.id)
    if len(done) == 9:
        print("waiting", flush=True)
        sys.stdin.read()
    return link(self, document)

linker.Linker.link = slow
alone = ["engine.type=processes", "engine.num_workers=1"]
with open_run(load_run_config(sys.argv[1], alone), Path(sys.argv[2])) as run:
    run.sequences()
"""


def test_a_killed_stage_goes_on_with_the_shards_that_are_missing(project, tmp_path, monkeypatch):
    whole = sequenced(project, tmp_path / "whole")
    command = [sys.executable, "-c", KILLED, str(project / "tiny.yaml"), str(tmp_path / "killed")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        process.send_signal(signal.SIGKILL)
    waiting = sorted((tmp_path / "killed").glob(".3-linked.shards/*/*.counts.json"))
    assert len(waiting) == 4
    before = time.time_ns()
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": 2})
    kept = [path.stat().st_mtime_ns for path in waiting]

    resumed = sequenced(project, tmp_path / "killed")

    assert all(stamp < before for stamp in kept)
    assert content(resumed) == content(whole)
    assert np.load(resumed / "5-sequences" / "words.npy").size
