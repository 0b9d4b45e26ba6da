"""A run killed at any moment goes on where it was, and ends in the same bits as one that nobody killed."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

MOMENTS = (
    "3-linked",
    "6-arms/text_only/0.training/checkpoints/checkpoint-2",
    "6-arms/kg_t5_shuffled/0.training/checkpoints/checkpoint-4",
)
"""What must be there before a kill; how long after is drawn."""


@pytest.fixture
def started(project, tmp_path):
    """Starts `kgpt run` of two of the project's arms with its first seed."""
    config = tmp_path / "two.yaml"
    config.write_text(f"extends: {project}/tiny.yaml\nseeds: [0]\narms: {{kg_t5: null}}\n")
    command = [sys.executable, "-c", "from kgpt.cli.main import main; main()", "run", str(config)]
    command += ["--out", str(tmp_path / "run"), "--until", "results"]

    def start():
        return subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL)

    return start


def kill_after(process, path, delay_s):
    """Kill -9 some time after `path` appeared."""
    while not path.exists():
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def test_a_run_killed_at_three_moments_ends_in_the_bits_of_an_unkilled_one(started, tmp_path, finished_run):
    rng, folder = random.Random(0), tmp_path / "run"
    for moment in MOMENTS:
        assert kill_after(started(), folder / moment, rng.uniform(0, 0.05)) == -signal.SIGKILL

    assert started().wait() == 0

    same = ("6-arms/{}/0/model/model.safetensors", "7-results/{}/0/model/model.safetensors")
    for place in (*same, "7-results/{}/0/outcomes.jsonl"):
        for name in (place.format(arm) for arm in ("text_only", "kg_t5_shuffled")):
            assert (folder / name).read_bytes() == (finished_run / name).read_bytes(), name
    assert not [path for path in folder.rglob("*") if path.name.endswith((".partial", ".old", ".training"))]
