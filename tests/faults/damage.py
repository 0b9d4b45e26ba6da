"""Files of a finished run damaged at random, and what the commands make of them."""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from kgpt.cli.main import main

TOLD = (0, 2)
"""How a command may end: well, or saying what is wrong. Anything else is a crash."""
CRASHED = 1


def truncate(content: bytes, rng: random.Random) -> bytes:
    """A file cut off somewhere."""
    return content[: rng.randrange(len(content))]


def flip(content: bytes, rng: random.Random) -> bytes:
    """A file with one bit turned round."""
    place, bit = rng.randrange(len(content)), 1 << rng.randrange(8)
    return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {"truncated": truncate, "flipped": flip}


@dataclass(frozen=True, slots=True)
class Tried:
    """A damaged file and how the commands ended, by the command."""

    path: Path
    damage: str
    ends: dict[str, int]

    @property
    def crashes(self) -> dict[str, int]:
        """The commands that neither ended well nor said what is wrong."""
        return {command: end for command, end in self.ends.items() if end not in TOLD}


def damaged(run: Path, config: str, *, times: int, rng: random.Random) -> Iterator[Tried]:
    """Damage one file of `run` after the other, try the commands, and put the file back."""
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(times):
        path, name = rng.choice(files), rng.choice(sorted(DAMAGES))
        content = path.read_bytes()
        path.write_bytes(DAMAGES[name](content, rng))
        ends = {" ".join(command[:2]): end_of(command) for command in commands(run, config, path)}
        path.write_bytes(content)
        yield Tried(path.relative_to(run), name, ends)


def commands(run: Path, config: str, damaged: Path) -> Iterator[list[str]]:
    """The commands that read a damaged file; the run is asked for its hashes alone and changes nothing."""
    stage = damaged.relative_to(run).parts[0]
    yield ["run", config, "--out", str(run), "--until", "graph", "--verify"]
    yield ["report", str(run), "--out", str(run.with_name("page.html"))]
    if stage == "1-graph":
        yield ["graph", "info", str(run / stage), "--json"]
        yield ["graph", "show", str(run / stage), "Q64"]
    if stage == "2-corpus":
        yield ["corpus", "info", str(run / stage)]
    for place in damaged.parents:
        if (place / "config.json").is_file() and place.name == "model":
            yield ["ask", str(place), "What is the capital of Germany?", "--json"]


def end_of(arguments: Sequence[str]) -> int:
    """How a forked process ends that runs a command: its exit status, or minus the signal that killed it."""
    if not (child := os.fork()):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        torch.set_num_threads(1)  # the threads of the parent are not in the child
        try:
            main(list(arguments))
        except SystemExit as told:
            os._exit(told.code if isinstance(told.code, int) else 0)
        except BaseException:
            os._exit(CRASHED)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
