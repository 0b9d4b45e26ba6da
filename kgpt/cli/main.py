"""The command line. Results go to stdout, progress and logs to stderr; an error is one line and exit status 2.

Heavy packages are loaded by the command that needs them, so that `kgpt --help` answers at once. A wrong call is an
error like the others: one line that says where, what is wrong and where help is.
"""

import importlib
import os
import sys
import traceback
from typing import Any

import click

from kgpt import __version__
from kgpt.cli.example import examples
from kgpt.errors import KgptError, did_you_mean
from kgpt.progress import QUIET_VARIABLE

_COMMANDS = {
    "align": ("kgpt.cli.corpus", "align"),
    "ask": ("kgpt.cli.models", "ask"),
    "completion": ("kgpt.cli.completing", "completion"),
    "corpus": ("kgpt.cli.corpus", "corpus"),
    "dataset": ("kgpt.cli.hub", "dataset"),
    "evaluate": ("kgpt.cli.models", "evaluate"),
    "graph": ("kgpt.cli.graph", "graph"),
    "link": ("kgpt.cli.linking", "link"),
    "pretrain": ("kgpt.cli.runs", "pretrain"),
    "push": ("kgpt.cli.hub", "push"),
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; a wrong one is told with the nearest."""
        if args[0] not in _COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"no such command {args[0]!r}; {did_you_mean(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "kgpt run demo",
        "kgpt recipes kg_t5 > mine.yaml",
        "kgpt run mine.yaml --set training.steps=500",
        "kgpt graph build my.ttl --out graph",
        "kgpt evaluate runs/demo/6-arms/kg_t5/0/model --task cloze --graph runs/demo/1-graph",
    ),
)
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
        sys.exit(cli.main(arguments, prog_name="kgpt", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
    except click.Abort:
        click.echo("kgpt: stopped", err=True)
        sys.exit(1)
    except (KgptError, click.ClickException) as error:
        if "--debug" in arguments:
            traceback.print_exc()
        click.echo(f"kgpt: {_told(error, arguments)}", err=True)
    sys.exit(2)


def _told(error: KgptError | click.ClickException, arguments: list[str]) -> str:
    """One line: where, what, and what to do."""
    if isinstance(error, KgptError):
        return str(error)
    near = getattr(error, "possibilities", None)  # of an option or a command: the nearest come first
    said = (error.message if near else error.format_message()).strip().removesuffix(".")
    said = said[:1].lower() + said[1:] + (f"; did you mean {near[0]!r}?" if near else "")
    path = _command_path(error, arguments)
    place = f"{path.removeprefix('kgpt ')}: " if path != "kgpt" else ""
    return f"{place}{said}{'' if said.endswith('?') else ';'} see `{path} --help`"


def _command_path(error: click.ClickException, arguments: list[str]) -> str:
    """The command that an error is about: what click says, or else the first word (its parser does not say)."""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return error.ctx.command_path
    return next((f"kgpt {word}" for word in arguments if word in _COMMANDS), "kgpt")


def echo_json(value: Any) -> None:
    """Print one JSON value on stdout."""
    from kgpt.io import json_bytes

    click.echo(json_bytes(value, indent=True).decode())
