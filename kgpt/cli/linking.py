"""`kgpt link`: link documents, or say how well we do it."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kgpt.cli.main import echo_json
from kgpt.records import Document
from kgpt.text import table

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("documents", required=False)
@click.option("--graph", "graph_path", required=True, type=_PATH, help="Graph store.")
@click.option("--out", type=str, help="File to write, - for stdout.")
@click.option("--evaluate", "gold", type=_PATH, help="Gold: documents with links, ELEVANT JSON Lines, NIF Turtle.")
@click.option(
    "--mode",
    type=click.Choice(["A2KB", "D2KB"]),
    default="A2KB",
    show_default=True,
    help="D2KB: mentions given.",
)
@click.option("--keep-links", is_flag=True, help="Keep the documents' own links and add ours beside them.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def link(
    documents: str | None,
    graph_path: Path,
    out: str | None,
    gold: Path | None,
    mode: str,
    keep_links: bool,
    as_json: bool,
) -> None:
    """Link DOCUMENTS (JSON Lines, - for stdin) to the entities of a graph, or evaluate the linker on gold.

    Example: kgpt link docs.jsonl --graph graph --out linked.jsonl
    """
    from kgpt.kg import open_graph_store
    from kgpt.linking import Linker, LinkingSettings

    if gold is None and (documents is None or out is None):
        raise click.UsageError("give DOCUMENTS and --out FILE, or --evaluate GOLD")
    settings = LinkingSettings(existing="keep" if keep_links else "replace")
    linker = Linker.of(open_graph_store(graph_path), settings)
    if gold is not None:
        _evaluate(linker, gold, mode, as_json=as_json)
        return
    assert documents is not None and out is not None
    _link(linker, documents, out)


def _link(linker: "Linker", source: str, out: str) -> None:  # type: ignore[name-defined] # noqa: F821
    from kgpt.io import json_bytes
    from kgpt.progress import track
    from kgpt.sources.documents import document_json, write_documents

    linked = linker.link_all(track(_read(source), what="linking"))
    if out == "-":
        for document in linked:
            sys.stdout.buffer.write(json_bytes(document_json(document)) + b"\n")
    else:
        write_documents(Path(out), linked)


def _read(source: str) -> Iterable[Document]:
    from kgpt.sources import open_documents

    if source == "-":
        return _read_stdin()
    return (one for one in open_documents(source).read() if isinstance(one, Document))


def _read_stdin() -> Iterator[Document]:
    from kgpt.io import parse_object
    from kgpt.sources.documents import parse_document

    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            value = parse_object(line, place=f"stdin:{number}")
            yield parse_document(value, place=f"stdin:{number}", default_id=f"stdin-{number}")


def _evaluate(linker: "Linker", gold: Path, mode: str, *, as_json: bool) -> None:  # type: ignore[name-defined] # noqa: F821
    from kgpt.evaluation.entity_linking import evaluate_linking
    from kgpt.progress import track
    from kgpt.sources.gold import read_gold

    score = evaluate_linking(linker, track(read_gold(gold), what="linking"), mode="D2KB" if mode == "D2KB" else "A2KB")
    if as_json:
        echo_json(score.as_json())
        return
    rows = [
        [name, f"{v:.3f}" if isinstance(v, float) else str(v)]
        for name, v in score.as_json().items()
        if name != "errors"
    ]
    click.echo(table([str(gold), ""], rows + [[f"error: {name}", str(n)] for name, n in score.errors.items()]))
