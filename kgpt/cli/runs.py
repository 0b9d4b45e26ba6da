"""`kgpt run`, `pretrain`, `report`, `show`, `recipes`: whole runs and what came of them."""

import os
from pathlib import Path
from typing import Any

import click

from kgpt.cli.completing import config_names, first_line, recipe_files, recipe_names
from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.cli.ranges import COUNT

_PATH = click.Path(path_type=Path)
_SETS = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a setting, say training.steps=200.",
)
_OUT = click.option("--out", type=_PATH, help="Run folder.  [default: runs/NAME]")
_YOURS = """\
# Yours: take the marks away, put your files in, and give `name` another value. Whatever is not said here stays as the
# config says that this one extends; `null` takes a key away.
# graph: {sources: [my-graph.ttl]}
# corpus: {sources: [my-text.jsonl]}
# questions: {sources: [exam.jsonl]}  # or make one: kgpt questions --graph STORE --out exam.jsonl
# training: {steps: 2000}
"""
_STAGES = ("graph", "corpus", "linked", "aligned", "sequences", "arms", "results", "report")


@click.command(
    epilog=examples(
        "kgpt run demo",
        "kgpt run recipes/colake --set training.steps=500 --set seeds=[0,1,2]",
        "kgpt run mine.yaml --out runs/first --until linked",
        "kgpt run mine.yaml --jobs 2 --verify",
    )
)
@click.argument("config", shell_complete=config_names)
@_SETS
@_OUT
@click.option("--until", default="report", show_default=True, type=click.Choice(_STAGES), help="Stop after this stage.")
@click.option("--jobs", default=1, show_default=True, type=COUNT, help="Arms trained at once.")
@click.option("--verify", is_flag=True, help="First compare all files of finished stages with their hashes.")
@click.option("--json", "as_json", is_flag=True, help="Print results.json.")
def run(
    config: str, overrides: tuple[str, ...], out: Path | None, until: str, jobs: int, verify: bool, as_json: bool
) -> None:
    """Do everything CONFIG asks, from graph to report; a killed run goes on where it was."""
    from typing import cast

    from kgpt.manifest import verify_below
    from kgpt.pipeline import load_run_config, open_run
    from kgpt.pipeline.chain import STAGES, StageName
    from kgpt.progress import say
    from kgpt.training.processes import check_launch, refuse_several

    check_launch(os.environ)
    refuse_several("kgpt run", os.environ)
    settings = load_run_config(config, overrides)
    folder = out or Path("runs") / settings.name
    stage = cast(StageName, until)
    with open_run(settings, folder) as work:
        if verify:
            say(f"{verify_below(folder):,} files of finished stages are as they were written")
        if STAGES.index(stage) <= STAGES.index("sequences"):
            work.sequences(until=stage)
            return
        results = work.results(until=stage, num_processes=jobs)
    if stage == "arms":
        return
    if as_json:
        echo_json(results)
    else:
        from kgpt.report.terminal import results_table

        click.echo(results_table(results))
    if stage == "report":
        from kgpt.report.page import write_report

        page = folder / "report.html"
        write_report([folder], page)
        click.echo(f"report: {page}", err=as_json)


@click.command(
    epilog=examples(
        "kgpt pretrain recipes/kg_t5 --set training.steps=500",
        "kgpt pretrain mine.yaml --arm colake --resume",
        "kgpt pretrain mine.yaml --find-learning-rate",
    )
)
@click.argument("config", shell_complete=config_names)
@_SETS
@_OUT
@click.option("--arm", help="The arm to train.  [default: the first that is not the control]")
@click.option("--resume", is_flag=True, help="Go on from the newest checkpoint of an unfinished training.")
@click.option("--find-learning-rate", "find_rate", is_flag=True, help="Train at rising rates and suggest one instead.")
def pretrain(
    config: str, overrides: tuple[str, ...], out: Path | None, arm: str | None, resume: bool, find_rate: bool
) -> None:
    """Train one arm of CONFIG, for its first seed, and print the checkpoint's folder.

    Under torchrun or accelerate launch the processes share every step, and the first does the rest.
    """
    from kgpt.errors import ConfigError, did_you_mean
    from kgpt.pipeline import load_run_config, open_run
    from kgpt.pipeline.arm import MODEL, Arm
    from kgpt.progress import QUIET_VARIABLE
    from kgpt.training.processes import join_processes, leave_processes

    settings = load_run_config(config, overrides)
    others = [name for name in settings.arms if name != settings.control]
    name = arm or (others or list(settings.arms))[0]
    if name not in settings.arms:
        raise ConfigError(f"--arm: no arm is called {name!r}; {did_you_mean(name, settings.arms)}")
    folder = out or Path("runs") / settings.name
    if find_rate:
        _find_rate(settings, folder, name)
        return
    processes = join_processes()
    if not processes.is_first:
        os.environ[QUIET_VARIABLE] = "1"
    with open_run(settings, folder, processes=processes) as work:
        work.train(name, settings.seeds[0], resume=resume)
    leave_processes()
    if processes.is_first:
        click.echo(Arm(settings, folder, name, settings.seeds[0]).folder / MODEL)


def _find_rate(settings: Any, folder: Path, arm: str) -> None:
    """Print a range test's table and suggestion, and draw it."""
    from kgpt.pipeline import open_run
    from kgpt.report.range_plot import draw_range_test
    from kgpt.text import table
    from kgpt.training.processes import check_launch, refuse_several

    check_launch(os.environ)
    refuse_several("kgpt pretrain --find-learning-rate", os.environ)
    with open_run(settings, folder) as work:
        test = work.range_test(arm, settings.seeds[0])
    shown = range(0, len(test.rates), max(1, len(test.rates) // 20))
    rows = [[f"{test.rates[step]:.1e}", f"{test.losses[step]:.3f}"] for step in shown]
    click.echo(table(("learning rate", "smoothed loss"), rows))
    for suffix in ("svg", "png"):
        draw_range_test(test, folder / f"learning-rate-{arm}.{suffix}", title=f"Range test of {arm}")
    click.echo(f"suggestion: --set training.learning_rate={test.suggestion:.1e}")
    click.echo(f"picture: {folder / f'learning-rate-{arm}.svg'}", err=True)


@click.command(
    epilog=examples(
        "kgpt report runs/demo --out report.html",
        "kgpt report runs/demo runs/mine --out both.md",
    )
)
@click.argument("runs", nargs=-1, required=True, type=_PATH)
@click.option("--out", required=True, type=_PATH, help="HTML file to write, or Markdown with the suffix .md.")
def report(runs: tuple[Path, ...], out: Path) -> None:
    """Write one page about one or several RUNS, side by side; to a file that ends with .md, its tables in Markdown."""
    from kgpt.report.page import write_report

    write_report(list(runs), out)
    click.echo(out)


@click.command(
    epilog=examples(
        "kgpt show demo --document berlin --out berlin.svg",
    )
)
@click.argument("config", shell_complete=config_names)
@click.option("--document", required=True, help="Id of a document of the corpus.")
@click.option("--out", required=True, type=_PATH, help="SVG file to write.")
@click.option("--run", "folder", type=_PATH, help="Run folder.  [default: runs/NAME]")
@_SETS
def show(config: str, document: str, out: Path, folder: Path | None, overrides: tuple[str, ...]) -> None:
    """Draw the word-knowledge graph of a DOCUMENT's first passage."""
    from kgpt.atomic import write_bytes
    from kgpt.pipeline import load_run_config, open_run
    from kgpt.pipeline.showing import draw_document

    settings = load_run_config(config, overrides)
    with open_run(settings, folder or Path("runs") / settings.name) as work:
        work.sequences()
        write_bytes(out, draw_document(work.folder, document).encode())
    click.echo(out)


@click.command(
    epilog=examples(
        "kgpt recipes",
        "kgpt recipes kg_t5 > mine.yaml",
    )
)
@click.argument("name", required=False, shell_complete=recipe_names)
def recipes(name: str | None) -> None:
    """List the recipes, or print one's YAML to start from."""
    from kgpt.errors import ConfigError, did_you_mean

    found = {path.stem: path for path in recipe_files()}
    if name is None:
        for recipe, path in found.items():
            click.echo(f"{recipe:16} {first_line(path)}")
        click.echo("\nrun one: kgpt run recipes/NAME; start from one: kgpt recipes NAME > mine.yaml", err=True)
    elif name in found:
        click.echo(found[name].read_text("utf-8") + _YOURS, nl=False)
    else:
        raise ConfigError(f"no recipe is called {name!r}; {did_you_mean(name, found)}")
