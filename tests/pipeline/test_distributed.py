"""`kgpt pretrain` in several processes."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from kgpt.pipeline import load_run_config, open_run
from kgpt.training.state import load_weights

TRAINING_TESTS = Path(__file__).parents[1] / "training" / "test_processes.py"
torchrun = runpy.run_path(str(TRAINING_TESTS))["torchrun"]


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "kgpt_program.py"
    path.write_text("from kgpt.cli.main import main\nmain()\n")
    return path


def test_a_run_pretrained_by_two_processes_goes_on_in_one(project, program, tmp_path, finished_run):
    settings = ["--set", "training.bf16=false", "--set", "backbone.dropout=0.0", "--set", "seeds=[0]"]
    arguments = ["pretrain", project / "tiny.yaml", "--arm", "kg_t5", *settings, "--out"]

    status, said, told = torchrun(program, *arguments, tmp_path / "two")

    assert status == 0, told
    arm = tmp_path / "two" / "6-arms" / "kg_t5"
    assert said.splitlines() == [str(arm / "0" / "model")]
    assert sorted(path.name for path in arm.iterdir()) == ["0", "0.lock"]
    overrides = [settings[1], settings[3], settings[5]]
    with open_run(load_run_config(str(project / "tiny.yaml"), overrides), tmp_path / "one") as run:
        run.train("kg_t5", 0)
    ours, theirs = (load_weights(tmp_path / name / "6-arms/kg_t5/0/model/model.safetensors") for name in ("one", "two"))
    assert max(float((ours[name] - theirs[name]).abs().max()) for name in ours) < 1e-5
    before = (arm / "0" / "manifest.json").read_bytes()
    with open_run(load_run_config(str(project / "tiny.yaml"), overrides), tmp_path / "two") as run:
        run.train("kg_t5", 0)
    assert (arm / "0" / "manifest.json").read_bytes() == before


def test_a_whole_run_in_several_processes_is_refused(project, program, tmp_path):
    done = subprocess.run(
        [sys.executable, str(program), "run", str(project / "tiny.yaml"), "--out", str(tmp_path / "run")],
        env=os.environ | {"WORLD_SIZE": "2", "RANK": "0"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "kgpt run: started as 2 processes" in done.stderr
    assert not (tmp_path / "run").exists()
