"""`kgpt corpus dropped`, `why`, `fit-quality`: what curation left out, and a model of what it should."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.text import squeeze, table

if TYPE_CHECKING:
    from kgpt.pipeline.fate import Fate

_PATH = click.Path(path_type=Path)
_SHOWN_CHARS = 60


@click.command(
    epilog=examples(
        "kgpt corpus dropped corpus --reason gopher_quality",
        "kgpt corpus dropped corpus --limit 0 --json",
    )
)
@click.argument("folder", type=_PATH)
@click.option("--reason", default="", help="Only those that went for it; a step's name stands for all its rules.")
@click.option("--limit", default=100, type=click.IntRange(min=0), show_default=True, help="At most so many; 0 for all.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def dropped(folder: Path, reason: str, limit: int, as_json: bool) -> None:
    """List the documents that the curation of the corpus in FOLDER left out, with their reasons."""
    from kgpt.pipeline.fate import dropped_documents

    shown, num_dropped = [], 0
    for one in dropped_documents(folder, reason=reason):
        num_dropped += 1
        if not limit or num_dropped <= limit:
            shown.append(one)
    if as_json:
        echo_json({"num_dropped": num_dropped, "documents": [asdict(one) for one in shown]})
        return
    if reason and not num_dropped:
        click.echo(f"nothing went for {reason!r}; `kgpt corpus info {folder}` tells the reasons", err=True)
    for one in shown:
        click.echo(f"{one.id}\t{one.reason}\t{squeeze(one.text)[:_SHOWN_CHARS]}")
    if num_dropped > len(shown):
        click.echo(f"and {num_dropped - len(shown):,} more: --limit 0 for all")


@click.command(
    epilog=examples(
        "kgpt corpus why corpus my.jsonl-17",
    )
)
@click.argument("folder", type=_PATH)
@click.argument("identifier", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def why(folder: Path, identifier: str, as_json: bool) -> None:
    """Tell what became of the document called ID in the curation of the corpus in FOLDER."""
    from kgpt.pipeline.fate import fates

    found = fates(folder, identifier)
    if as_json:
        echo_json({"documents": [asdict(one) for one in found]})
        return
    for one in found:
        click.echo(f"{one.id}: {'kept' if one.kept else f'dropped: {one.reason}'}")
        for name, value in _rows(one):
            click.echo(f"  {name}: {value}")


@click.command(
    "fit-quality",
    epilog=examples(
        "kgpt corpus fit-quality labelled.jsonl --out quality.safetensors",
    ),
)
@click.argument("labelled")
@click.option("--out", required=True, type=_PATH, help="File of the model, say quality.safetensors.")
@click.option("--label", default="label", show_default=True, help="The field that says whether a text is good: 1 or 0.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def fit_quality(labelled: str, out: Path, label: str, as_json: bool) -> None:
    """Fit a quality model on LABELLED documents, for the step `quality_classifier`.

    Documents without the label are unlabelled: beside good ones alone they stand for the others.
    """
    from kgpt.corpus.quality_model import fit_quality as fit
    from kgpt.corpus.quality_model import label_of
    from kgpt.records import Document
    from kgpt.sources import open_documents
    from kgpt.sources.reading import kept

    documents = list(kept(open_documents(labelled).read(), Document, labelled))
    model = fit([one.text for one in documents], [label_of(one, label) for one in documents])
    model.save(out)
    if as_json:
        echo_json(asdict(model.figures))
        return
    others = "unlabelled" if model.figures.unlabelled else "bad"
    rows = [["good", f"{model.figures.num_good:,}"], [others, f"{model.figures.num_others:,}"]]
    if model.figures.num_left_out:
        rows.append(["unlabelled, left out", f"{model.figures.num_left_out:,}"])
    click.echo(table([str(out), ""], [*rows, ["AUC in cross-validation", f"{model.figures.auc:.3f}"]]))


def _rows(fate: "Fate") -> list[list[str]]:
    """What there is to say of one document."""
    told = {
        "source": fate.source,
        "went at": fate.step,
        "in its place stays": fate.duplicate_of,
        "passed": ", ".join(fate.passed),
        "not looked at by": ", ".join(fate.not_concerned),
        "links": f"{fate.num_links:,}" if fate.kept else "",
        **{f"changed: {name}": f"{count:,}" for name, count in fate.changes.items()},
        "begins": squeeze(fate.text)[:_SHOWN_CHARS],
    }
    return [[name, value] for name, value in told.items() if value]
