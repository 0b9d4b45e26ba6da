"""`python -m tests.faults damage|kill [--times N]`: a small run damaged or killed at random, many times."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.faults.damage import TOLD, damaged

_COMMAND = [sys.executable, "-c", "from kgpt.cli.main import main; main()", "run"]
_ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "KGPT_QUIET": "1"}
_SAME = ("model.safetensors", "outcomes.jsonl", "words.npy", "triples.npy", "documents.jsonl")
"""Files that hold the same bits in every run of one config."""


@click.group()
def main() -> None:
    """Soak tests of a run."""


@main.command()
@click.option("--times", default=100, show_default=True)
@click.option("--seed", default=0, show_default=True)
def damage(times: int, seed: int) -> None:
    """Damage files of a finished run, one after the other; no command may crash."""
    with TemporaryDirectory() as room:
        config, run = _config(Path(room)), Path(room) / "run"
        subprocess.run([*_COMMAND, str(config), "--out", str(run)], check=True, env=_ENVIRONMENT)
        ends: dict[int, int] = {}
        crashed = 0
        for one in damaged(run, str(config), times=times, rng=random.Random(seed)):
            for command, end in one.ends.items():
                ends[end] = ends.get(end, 0) + 1
                if end not in TOLD:
                    crashed += 1
                    click.echo(f"{one.path} {one.damage}: kgpt {command} ended with {end}")
        click.echo(f"{times} damaged files, {ends.get(0, 0)} commands ended well, {ends.get(2, 0)} said what is wrong")
    sys.exit(bool(crashed))


@main.command()
@click.option("--times", default=50, show_default=True)
@click.option("--seed", default=0, show_default=True)
def kill(times: int, seed: int) -> None:
    """Kill -9 a run at random moments until it is whole; it must end in the bits of one that nobody killed."""
    rng, kills, wholes = random.Random(seed), 0, 0
    with TemporaryDirectory() as room:
        config, unkilled, run = _config(Path(room)), Path(room) / "unkilled", Path(room) / "run"
        started = time.perf_counter()
        subprocess.run([*_COMMAND, str(config), "--out", str(unkilled)], check=True, env=_ENVIRONMENT)
        seconds = time.perf_counter() - started
        bits = _bits(unkilled)
        while kills < times:
            process = subprocess.Popen([*_COMMAND, str(config), "--out", str(run)], env=_ENVIRONMENT)
            try:
                process.wait(rng.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
                continue
            wholes += 1
            _compare(process.returncode, bits, run)
            shutil.rmtree(run)
        process = subprocess.run([*_COMMAND, str(config), "--out", str(run)], check=False, env=_ENVIRONMENT)
        _compare(process.returncode, bits, run)
    click.echo(f"{kills} kills within a run of {seconds:.0f} s, {wholes + 1} runs went on to their end: same bits")


def _config(folder: Path) -> Path:
    """A small run with two arms; gives its config."""
    path = folder / "soak.yaml"
    path.write_text(
        "extends: embedded:demo\nname: soak\nseeds: [0]\narms: {kg_t5: null}\n"
        "graph: {select: {head_frac: 0.04}}\ncorpus: {steps: [normalize, {type: sample, frac: 0.1}]}\n"
        "vocabulary: {size: 600}\nbackbone: {hidden_size: 32, feed_forward_size: 64, num_layers: 1, num_heads: 2}\n"
        "training: {steps: 12, tokens_per_step: 512, checkpoint_every: 3}\n"
        "evaluation: {max_facts: 20, fine_tuning: {steps: 4}}\nquestions: {max_test: 20}\n",
        "utf-8",
    )
    return path


def _bits(run: Path) -> dict[str, bytes]:
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.name in _SAME}


def _compare(end: int, bits: dict[str, bytes], run: Path) -> None:
    found = _bits(run)
    different = sorted(name for name in bits.keys() | found.keys() if bits.get(name) != found.get(name))
    waiting = [path for path in run.rglob("*") if path.name.endswith((".partial", ".old", ".training"))]
    if end or different or waiting:
        raise click.ClickException(f"ended with {end}; different: {different}; left behind: {waiting}")


if __name__ == "__main__":
    main()
