"""The command line. Results go to stdout, progress and logs to stderr; an error is one line and exit status 2.

Heavy packages are loaded by the command that needs them, so that `kgpt --help` answers at once.
"""

import importlib
import os
import sys
import traceback
from typing import Any

import click

from kgpt import __version__
from kgpt.errors import KgptError
from kgpt.progress import QUIET_VARIABLE

_COMMANDS = {
    "align": ("kgpt.cli.corpus", "align"),
    "ask": ("kgpt.cli.models", "ask"),
    "corpus": ("kgpt.cli.corpus", "corpus"),
    "evaluate": ("kgpt.cli.models", "evaluate"),
    "graph": ("kgpt.cli.graph", "graph"),
    "link": ("kgpt.cli.linking", "link"),
    "pretrain": ("kgpt.cli.runs", "pretrain"),
    "questions": ("kgpt.cli.questions", "questions"),
    "recipes": ("kgpt.cli.runs", "recipes"),
    "report": ("kgpt.cli.runs", "report"),
    "run": ("kgpt.cli.runs", "run"),
    "serve": ("kgpt.cli.serving", "serve"),
    "show": ("kgpt.cli.runs", "show"),
    "tasks": ("kgpt.cli.models", "list_tasks"),
    "verbalize": ("kgpt.cli.verbalizing", "verbalize"),
}
SPIN_COUNT = ("GOMP_SPINCOUNT", "2000")
"""PyTorch's threads wait for one another briefly, then sleep: endless spinning slows busy cores many times."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, sorted."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported now."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kgpt")
@click.option("--quiet", is_flag=True, help="No progress bars and no log lines.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(quiet: bool, debug: bool) -> None:
    """Give kgpt a graph and a corpus; get a language model that knows the graph, and a report that says so."""
    del debug  # read by `main`, which also catches what happens before this runs
    if quiet:
        os.environ[QUIET_VARIABLE] = "1"


def main(arguments: list[str] | None = None) -> None:
    """The entry point: runs a command; a deliberate error becomes one line and exit status 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault(*SPIN_COUNT)
    try:
        cli.main(arguments, prog_name="kgpt")
    except KgptError as error:
        if "--debug" in arguments:
            traceback.print_exc()
        click.echo(f"kgpt: {error}", err=True)
        sys.exit(2)


def echo_json(value: Any) -> None:
    """Print one JSON value on stdout."""
    from kgpt.io import json_bytes

    click.echo(json_bytes(value, indent=True).decode())
