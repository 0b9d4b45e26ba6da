"""`kgpt link`: link documents, say how well we do it, fit the linker's weights to gold."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.errors import DataError
from kgpt.records import Document
from kgpt.text import table

if TYPE_CHECKING:
    from kgpt.evaluation.entity_linking import LinkingScore
    from kgpt.kg import KnowledgeGraph
    from kgpt.linking import Linker, LinkingSettings

_PATH = click.Path(path_type=Path)
_GOLD = "documents with links, ELEVANT JSON Lines, NIF Turtle, ...; several times or with commas"
_COLUMNS = {
    "P": "in_kb_micro_precision",
    "R": "in_kb_micro_recall",
    "F1": "in_kb_micro_f1",
    "macro P": "in_kb_macro_precision",
    "macro R": "in_kb_macro_recall",
    "macro F1": "in_kb_macro_f1",
    "NIL F1": "nil_f1",
    "prior F1": "prior_f1",
    "ceiling F1": "ceiling_f1",
    "recall@30": "candidate_recall_at_30",
    "calibration": "calibration_error",
}


@click.command(
    epilog=examples(
        "kgpt link docs.jsonl --graph graph --out linked.jsonl",
        "kgpt link - --graph graph --out -",
        "kgpt link --graph graph --evaluate gold.jsonl --page errors.html",
        "kgpt link --graph graph --fit gold.jsonl --weights-out weights.json",
    )
)
@click.argument("documents", required=False)
@click.option("--graph", "graph_path", required=True, type=_PATH, help="Graph store.")
@click.option("--out", type=str, help="File to write, - for stdout.")
@click.option("--evaluate", multiple=True, metavar="GOLD", help=f"Compare with gold: {_GOLD}.")
@click.option(
    "--mode",
    type=click.Choice(["A2KB", "D2KB"]),
    default="A2KB",
    show_default=True,
    help="D2KB: mentions given.",
)
@click.option("--page", type=_PATH, help="Also write the evaluation as an HTML page.")
@click.option("--fit", multiple=True, metavar="GOLD", help=f"Fit the weights to gold: {_GOLD}.")
@click.option("--weights-out", type=_PATH, help="Where to write the fitted weights.")
@click.option("--weights", type=_PATH, help="Weights that --weights-out wrote, instead of those that ship with kgpt.")
@click.option("--anchors", multiple=True, metavar="DOCUMENTS", help="Linked documents whose links count as priors.")
@click.option("--nil-threshold", type=float, help="A mention whose entity is not likelier is left out.")
@click.option("--language", help="Of the documents; the graph's main one where not given.")
@click.option("--keep-links", is_flag=True, help="Keep the documents' own links and add ours beside them.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def link(documents: str | None, graph_path: Path, **options: Any) -> None:
    """Link DOCUMENTS (JSON Lines, - for stdin) to the entities of a graph, or evaluate the linker on gold."""
    _require_work(documents, options)
    linker = _linker(graph_path, options)
    if options["fit"]:
        linker = _fitted(linker, _split(options["fit"]), options["weights_out"])
    if options["evaluate"]:
        scores = _evaluate(linker, _split(options["evaluate"]), options["mode"])
        _print_scores(scores, as_json=options["as_json"])
        if options["page"] is not None:
            from kgpt.report.linking_page import write_linking_page

            write_linking_page(scores, linker, options["page"])
    if documents is not None:
        _link(linker, documents, options["out"])


def _require_work(documents: str | None, options: Mapping[str, Any]) -> None:
    """Check that the options ask for something, and for nothing that cannot be.

    Raises:
        click.UsageError: they do not.
    """
    if (documents is None) != (options["out"] is None) or not (documents or options["evaluate"] or options["fit"]):
        raise click.UsageError("give DOCUMENTS and --out FILE, or --evaluate GOLD, or --fit GOLD")
    if options["page"] is not None and not options["evaluate"]:
        raise click.UsageError("--page shows an evaluation; give --evaluate GOLD, too")
    if options["weights_out"] is not None and not options["fit"]:
        raise click.UsageError("--weights-out writes fitted weights; give --fit GOLD, too")
    if options["fit"] and not (documents or options["evaluate"] or options["weights_out"]):
        raise click.UsageError("--fit makes weights; say where they go (--weights-out FILE) or use them (--evaluate)")


def _linker(graph_path: Path, options: Mapping[str, Any]) -> "Linker":
    from kgpt.kg import open_graph_store
    from kgpt.linking import Linker

    graph = open_graph_store(graph_path)
    anchors = [one for source in _split(options["anchors"]) for one in _read(source)]
    return Linker.of(graph, _settings(graph, options), anchors=anchors)


def _settings(graph: "KnowledgeGraph", options: Mapping[str, Any]) -> "LinkingSettings":
    from kgpt.config import check_config
    from kgpt.io import read_json
    from kgpt.linking import LinkingSettings
    from kgpt.linking.disambiguation import Weights

    values: dict[str, Any] = {"language": options["language"] or graph.language, "anchors": bool(options["anchors"])}
    values["existing"] = "keep" if options["keep_links"] else "replace"
    if options["nil_threshold"] is not None:
        values["nil_threshold"] = options["nil_threshold"]
    if options["weights"] is not None:
        values["weights"] = check_config(read_json(options["weights"]), Weights, place=str(options["weights"]))
    return check_config(values, LinkingSettings, place="kgpt link")


def _fitted(linker: "Linker", sources: Sequence[str], out: Path | None) -> "Linker":
    from kgpt.io import write_json

    fitted = linker.fitted(chain.from_iterable(map(_read, sources)), complete=True)
    if fitted is linker:
        raise DataError(
            f"{', '.join(sources)}: no gold link stands at a name of the graph, so nothing can be fitted; "
            "is it gold of this graph?"
        )
    if out is not None:
        write_json(out, fitted.settings.weights.model_dump())
    return fitted


def _link(linker: "Linker", source: str, out: str) -> None:
    from kgpt.io import json_bytes
    from kgpt.progress import say, track
    from kgpt.sources.documents import document_json, write_documents

    counts = Counter[str]()

    def linked() -> Iterator[Document]:
        for document in linker.link_all(track(_read(source), what="linking")):
            counts.update(documents=1, links=len(document.links))
            yield document

    if out == "-":
        for document in linked():
            sys.stdout.buffer.write(json_bytes(document_json(document)) + b"\n")
    else:
        write_documents(Path(out), linked())
    hint = "" if counts["links"] else "; no name of the graph stands in any: are they about it, in its language?"
    say(f"{counts['documents']:,} documents, {counts['links']:,} links{hint}")


def _read(source: str) -> Iterable[Document]:
    """The documents of a source; what its reader leaves out is told."""
    from kgpt.sources import open_documents
    from kgpt.sources.reading import kept

    return _read_stdin() if source == "-" else kept(open_documents(source).read(), Document, source)


def _read_stdin() -> Iterator[Document]:
    from kgpt.io import parse_object
    from kgpt.sources.documents import parse_document

    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            value = parse_object(line, place=f"stdin:{number}")
            yield parse_document(value, place=f"stdin:{number}", default_id=f"stdin-{number}")


def _split(sources: Iterable[str]) -> list[str]:
    """The sources of options that were given several times or with commas, without repeats."""
    return list(dict.fromkeys(part.strip() for source in sources for part in source.split(",") if part.strip()))


def _evaluate(linker: "Linker", sources: Sequence[str], mode: str) -> "dict[str, LinkingScore]":
    from kgpt.evaluation.entity_linking import evaluate_linking
    from kgpt.progress import track

    scores = {}
    for name, source in zip(_names(sources), sources, strict=True):
        gold = track(_read(source), what=name)
        scores[name] = evaluate_linking(linker, gold, mode="D2KB" if mode == "D2KB" else "A2KB")
    return scores


def _names(sources: Sequence[str]) -> list[str]:
    """What gold sets are called: their files' names without suffixes, or all of it where two would be the same.

    >>> _names(["el/kore50.benchmark.jsonl.gz", "msnbc.ttl"])
    ['kore50', 'msnbc']
    """
    names = [Path(source.partition("?")[0]).name.split(".")[0] or source for source in sources]
    return names if len(set(names)) == len(names) else list(sources)


def _print_scores(scores: "Mapping[str, LinkingScore]", *, as_json: bool) -> None:
    if as_json:
        told = {name: score.as_json() for name, score in scores.items()}
        echo_json(next(iter(told.values())) if len(told) == 1 else {"sets": told})
        return
    rows = [
        [name, f"{score.counts['num_documents']:,}", f"{score.counts['num_gold']:,}"]
        + [f"{score.figures[figure]:.3f}" for figure in _COLUMNS.values()]
        + [_share(score.counts["num_reachable"], score.counts["num_gold"])]
        for name, score in scores.items()
    ]
    mode = next(iter(scores.values())).mode
    click.echo(table([mode, "documents", "gold", *_COLUMNS, "reachable"], rows))
    kinds = list(next(iter(scores.values())).errors)
    counts = [[name, *(f"{score.errors[kind]:,}" for kind in kinds)] for name, score in scores.items()]
    click.echo("\n" + table(["errors", *(kind.replace("_", " ") for kind in kinds)], counts))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"
