"""Every command ends its help with examples, and every example is a call that the command takes."""

import click
import pytest

from kgpt.cli.example import example_lines
from kgpt.cli.main import cli


def commands(command=cli, path="kgpt"):
    """Every command and group by its path."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), f"{path} {name}")


COMMANDS = dict(commands())
LINES = [(path, line) for path, command in COMMANDS.items() for line in example_lines(command.epilog or "")]


def test_the_walk_finds_commands_within_groups():
    assert {"kgpt", "kgpt run", "kgpt graph", "kgpt graph build", "kgpt corpus fit-quality"} <= COMMANDS.keys()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_an_example_of_itself(path):
    lines = example_lines(COMMANDS[path].epilog or "")

    assert lines, f"{path}: give it an epilog of `examples(...)`"
    assert all(line.startswith(f"{path} ") or line == path for line in lines)


@pytest.mark.parametrize(("path", "line"), LINES, ids=[line for _, line in LINES])
def test_every_example_parses(path, line, parse_call):
    assert parse_call(line).startswith(path)


@pytest.mark.parametrize(
    "line", ["kgpt run demo --untli graph", "kgpt run", "kgpt evaluate DIR --task qaa", "kgpt graph bild x --out y"]
)
def test_a_wrong_example_would_not(line, parse_call):
    with pytest.raises(click.UsageError):
        parse_call(line)


@pytest.mark.parametrize("path", COMMANDS)
def test_the_help_shows_the_examples_as_lines_of_their_own(path, kgpt):
    shown = kgpt(*path.split()[1:], "--help").out.splitlines()

    assert {f"    {line}" for line in example_lines(COMMANDS[path].epilog)} <= set(shown)
