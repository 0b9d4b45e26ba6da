"""`kgpt corpus info`: what a curated corpus holds, what each step did, which facts were lost, its slices."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.text import table

_SHOWN_SLICES = 10
_SLICED = ("source", "license", "language", "year", "domain", "quality", "cluster", "steps", "marked")


@click.command(
    epilog=examples(
        "kgpt corpus info corpus",
        "kgpt corpus info corpus --by domain",
        "kgpt corpus info corpus --json",
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--by", type=click.Choice(_SLICED), help="Only the slices by it, all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def info(folder: Path, by: str | None, as_json: bool) -> None:
    """Count what the corpus in FOLDER holds, what was dropped and why, the facts lost at each step, its slices."""
    print_info(folder, as_json=as_json, by=by)


def print_info(folder: Path, *, as_json: bool, by: str | None = None) -> None:
    """Print it."""
    from kgpt.pipeline.corpus_report import corpus_report

    told = corpus_report(folder)
    if by is not None:
        told = {"slices": {by: told["slices"][by]}}
    if as_json:
        echo_json(told)
        return
    rows = [*_counts(told)] if by is None else []
    click.echo(table([str(folder), ""], [*rows, *_slices(told["slices"], 0 if by else _SHOWN_SLICES)]))
    if by is None:
        _print_steps(told)


def _counts(told: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["documents", f"{told['num_documents']:,}"]
    yield ["tokens (words and marks)", f"{told['num_tokens']:,}"]
    for group in ("dropped", "changed"):
        yield from ([f"{group}: {name}", f"{count:,}"] for name, count in told[group].items())
    if facts := told["facts"]:
        unit = "facts (triples, both ends linked)" if facts["unit"] == "triples" else "linked entities"
        yield [unit, f"{facts['num_facts']:,}"]
        yield [f"{unit} kept", f"{facts['num_kept']:,}"]


def _slices(slices: Mapping[str, Mapping[str, int]], max_names: int) -> Iterator[list[str]]:
    for field, counts in slices.items():
        if max_names and counts.keys() <= {"unknown"}:
            continue
        names = sorted(counts, key=lambda name: (-counts[name], name))
        shown = names[:max_names] if max_names else names
        yield from ([f"{field}: {name}", f"{counts[name]:,}"] for name in shown)
        if rest := names[len(shown) :]:
            yield [f"{field}: {len(rest):,} others (--by {field})", f"{sum(counts[name] for name in rest):,}"]


def _print_steps(told: Mapping[str, Any]) -> None:
    """What each step did; quietly, which did nothing."""
    steps = [one for one in told["steps"] if one["num_dropped"] or one["num_changed"]]
    if steps:
        header = ["step", "came", "dropped", "changed", *(["facts lost"] if told["facts"] else [])]
        names = ("num_in", "num_dropped", "num_changed", *(("num_facts_lost",) if told["facts"] else ()))
        rows = [[one["step"], *(f"{one[name]:,}" for name in names)] for one in steps]
        click.echo("\n" + table(header, rows))
    for one in steps:
        for name, value in one["figures"].items():
            click.echo(f"{one['step']}: {name.replace('_', ' ')}: {value:,.4g}")
    if told["never_fired"]:
        click.echo(f"never fired: {', '.join(told['never_fired'])}")
