import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from kgpt.errors import RunLockedError
from kgpt.locking import locked
from kgpt.manifest import read_manifest
from kgpt.pipeline import load_run_config, open_run
from kgpt.pipeline.arm import Arm
from kgpt.pipeline.parallel import work_on_arm


def results(config, folder, *, num_processes):
    with open_run(config, folder) as run:
        return run.results(num_processes=num_processes)


def test_arms_side_by_side_give_what_they_give_one_after_the_other(project, tmp_path):
    config = load_run_config(str(project / "tiny.yaml"), ["seeds=[0]", "training.steps=3"])

    alone = results(config, tmp_path / "alone", num_processes=1)
    beside = results(config, tmp_path / "beside", num_processes=2)

    assert beside["results"] == alone["results"] and beside["comparisons"] == alone["comparisons"]
    weights = Path("6-arms/kg_t5/0/model/model.safetensors")
    assert (tmp_path / "alone" / weights).read_bytes() == (tmp_path / "beside" / weights).read_bytes()


def test_an_arm_that_another_process_works_on_is_left_to_it(project, tmp_path):
    config = load_run_config(str(project / "tiny.yaml"), ["seeds=[0]", "training.steps=3"])
    with open_run(config, tmp_path / "run") as run:
        sequences = run.sequences()
    arm = Arm(config, tmp_path / "run", "kg_t5", 0)
    arm.folder.parent.mkdir(parents=True)

    with (
        FileLock(arm.folder.with_name("0.lock")),
        pytest.raises(RunLockedError, match="still trains arm kg_t5, seed 0"),
    ):
        work_on_arm(arm, sequences=sequences, until="arms")

    work_on_arm(arm, sequences=sequences, until="arms")
    assert read_manifest(arm.folder) is not None


def test_a_lock_goes_with_its_process(tmp_path):
    code = "import os, sys; from filelock import FileLock; FileLock(sys.argv[1]).acquire(); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.lock")], check=False)

    with locked(tmp_path / "x.lock", told="held"):
        pass
