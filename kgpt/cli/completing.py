"""Shell completion: the script a shell reads, and the registered names that it then offers."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from kgpt.cli.example import examples

SHELLS = ("bash", "zsh", "fish")
COMPLETE_VARIABLE = "_KGPT_COMPLETE"
TASKS = (
    "cloze",
    "cloze_template",
    "coverage",
    "entity_typing",
    "few_shot",
    "few_shot_facts",
    "graph_completion",
    "label_flip",
    "link_prediction",
    "long_documents",
    "passkey",
    "perplexity",
    "probe",
    "qa",
    "relation_extraction",
    "structured_extraction",
    "triple_classification",
)
"""The tasks that ship: their registry loads PyTorch, which is too slow for a press of a key; a test compares."""

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@click.command(
    epilog=examples(
        "kgpt completion bash > kgpt-completion.bash",
        "kgpt completion zsh",
        "kgpt completion fish > ~/.config/fish/completions/kgpt.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes a SHELL complete kgpt's commands, options, recipes, configs and tasks.

    For bash put `eval "$(kgpt completion bash)"` into ~/.bashrc, for zsh the same with zsh into ~/.zshrc.
    """
    made = get_completion_class(shell)
    assert made is not None, "click knows these shells"
    root = click.get_current_context().find_root()
    click.echo(made(root.command, {}, "kgpt", COMPLETE_VARIABLE).source())


def recipe_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The recipes that ship and begin so, each with its first line."""
    del ctx, parameter
    return _beginning(((path.stem, first_line(path)) for path in recipe_files()), incomplete)


def config_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The configs that ship and begin so; where none does, the shell offers files."""
    del ctx, parameter
    from kgpt.shipped import shipped_configs

    told = ((name, first_line(_configs() / f"{name}.yaml")) for name in shipped_configs())
    return [CompletionItem(incomplete, type="file"), *_beginning(told, incomplete)]


def task_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The tasks that ship and begin so."""
    del ctx, parameter
    return _beginning(((name, "") for name in TASKS), incomplete)


def recipe_files() -> list[Path]:
    """The configs of the recipes that ship, sorted by name."""
    return sorted((_configs() / "recipes").glob("*.yaml"))


def first_line(config: Path) -> str:
    """What the comment at the top of a config says it is."""
    return config.read_text("utf-8").partition("\n")[0].removeprefix("# ")


def _beginning(told: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name, help=about or None) for name, about in told if name.startswith(incomplete)]


def _configs() -> Path:
    from kgpt.shipped import embedded_root

    return embedded_root("configs")
