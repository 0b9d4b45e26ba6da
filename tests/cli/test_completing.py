import os
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from kgpt.cli.completing import COMPLETE_VARIABLE, SHELLS, TASKS
from kgpt.cli.main import cli
from kgpt.evaluation import tasks
from kgpt.recipes import recipes


def offered(line):
    """What completion offers for the last word of a line."""
    *words, incomplete = line.split(" ")[1:]
    found = ShellComplete(cli, {}, "kgpt", COMPLETE_VARIABLE).get_completions(words, incomplete)
    return {one.value for one in found if one.type == "plain"}


def test_commands_and_options_are_offered():
    assert offered("kgpt gr") == {"graph"}
    assert offered("kgpt graph sh") == {"show"}
    assert {"--out", "--until", "--set"} <= offered("kgpt run demo --")
    assert offered("kgpt run demo --until al") == {"aligned"}


def test_recipes_are_offered():
    assert offered("kgpt recipes ") == set(recipes.names())
    assert offered("kgpt recipes kg_") == {"kg_t5"}


@pytest.mark.parametrize("command", ["run", "pretrain", "show"])
def test_configs_are_offered(command):
    assert {"demo", "base", "recipes/kg_t5", "experiments/trex"} <= offered(f"kgpt {command} ")
    assert offered(f"kgpt {command} recipes/kg_") == {"recipes/kg_t5"}
    assert not any("launch" in name for name in offered(f"kgpt {command} "))


def test_where_no_config_fits_the_shell_offers_files():
    (only,) = ShellComplete(cli, {}, "kgpt", COMPLETE_VARIABLE).get_completions(["run"], "./mine")

    assert (only.value, only.type) == ("./mine", "file")


def test_tasks_are_offered_and_none_is_missing():
    assert list(TASKS) == tasks.names()
    assert offered("kgpt evaluate DIR --task clo") == {"cloze", "cloze_template"}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_asks_kgpt(kgpt, shell):
    told = kgpt("completion", shell)

    assert told.status == 0
    assert f"{COMPLETE_VARIABLE}={shell}_complete" in told.out


def test_another_shell_is_refused(kgpt):
    assert "'zsh'" in kgpt("completion", "csh").err


def test_a_press_of_the_key_is_answered_by_the_program():
    environment = os.environ | {COMPLETE_VARIABLE: "bash_complete", "COMP_WORDS": "kgpt recipes co", "COMP_CWORD": "2"}

    told = subprocess.run(
        [sys.executable, "-c", "from kgpt.cli.main import main; main()"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == ["plain,colake"]
