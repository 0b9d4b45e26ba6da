"""`python -m tests.fuzz [--runs N] [TARGET ...]`: coverage-guided fuzzing of the readers by atheris (libFuzzer).

Each target runs in a process of its own; an input that is a find is kept in its folder below --finds.
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from tests.fuzz.targets import TARGETS

_LOG_CHARS = 2500
_RAISED = "=== Uncaught Python exception: ==="


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a target's process said.

    Args:
        target: its name.
        runs: inputs tried.
        read: of them read to the end; the others were refused with an error of the tree.
        seconds: of the process.
        told: the end of its log where it stopped on a find, else empty.
    """

    target: str
    runs: int
    read: int
    seconds: float
    told: str


@click.command()
@click.argument("targets", nargs=-1)
@click.option("--runs", default=100_000, show_default=True, help="Inputs a target.")
@click.option("--jobs", default=2, show_default=True, help="Targets at once.")
@click.option("--finds", type=click.Path(path_type=Path), default=Path("fuzz-finds"), show_default=True)
def main(targets: tuple[str, ...], runs: int, jobs: int, finds: Path) -> None:
    """Fuzz the readers named, or all."""
    for name in targets:
        if name not in TARGETS:
            raise click.BadParameter(f"{name!r}; allowed: {', '.join(TARGETS)}")
    found = []
    with ThreadPoolExecutor(jobs) as pool:
        for one in pool.map(lambda name: _run(name, runs, finds), targets or TARGETS):
            rate = one.runs / one.seconds
            told = "FOUND" if one.told else "ok"
            click.echo(f"{one.target:20} {one.runs:>8,} inputs, {one.read:>8,} read, {rate:>6,.0f}/s  {told}")
            found += [one] if one.told else []
    for one in found:
        click.echo(f"\n--- {one.target}\n{one.told}")
    sys.exit(bool(found))


def _run(name: str, runs: int, finds: Path) -> Outcome:
    folder = finds / "".join(char if char.isalnum() else "-" for char in name)
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    command = [sys.executable, "-m", "tests.fuzz.child", name, str(runs), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    seconds = time.perf_counter() - start
    counted = folder / "counts.json"
    counts = json.loads(counted.read_text("utf-8")) if counted.is_file() else {"runs": 0, "read": 0}
    counted.unlink(missing_ok=True)
    whole = done.returncode == 0 and counts["runs"] >= runs
    return Outcome(name, counts["runs"], counts["read"], seconds, "" if whole else _log(done.stdout + done.stderr))


def _log(text: str) -> str:
    """What was raised, else the end of what the process said."""
    _, mark, raised = text.partition(_RAISED)
    return (raised[:_LOG_CHARS] if mark else text[-_LOG_CHARS:]).strip()


if __name__ == "__main__":
    main()
