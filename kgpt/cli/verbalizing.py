"""`kgpt verbalize`: a graph written out as sentences, for pre-training or to read."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.cli.ranges import COUNT

if TYPE_CHECKING:
    from kgpt.kg import KnowledgeGraph
    from kgpt.pipeline.verbalizing import GraphVerbalizer
    from kgpt.verbalization.pattern import ToldText

_PATH = click.Path(path_type=Path)


@click.command(
    epilog=examples(
        "kgpt verbalize graph --out sentences.jsonl",
        "kgpt verbalize graph --mode ngram --corpus aligned --out sentences.jsonl",
    )
)
@click.argument("graph_path", metavar="GRAPH", type=_PATH)
@click.option("--out", required=True, type=_PATH, help="JSON Lines file to write.")
@click.option(
    "--mode",
    type=click.Choice(["template", "ngram", "generator"]),
    default="template",
    show_default=True,
    help="By rule, by patterns learnt from --corpus, or by the model in --checkpoint.",
)
@click.option("--corpus", type=_PATH, help="What `kgpt align` wrote: which relations are told together, and how.")
@click.option("--checkpoint", type=str, help="An encoder-decoder that the recipe kelm_generator trained.")
@click.option("--max-triples", default=5, show_default=True, type=COUNT, help="Of one document.")
@click.option("--seed", default=0, show_default=True, help="Another seed, other sentences.")
@click.option("--license", "license_name", default="", help="Of what the graph says; goes into the metadata.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def verbalize(graph_path: Path, out: Path, **options: Any) -> None:
    """Write the triples of GRAPH as sentences with links, documents that all other commands read.

    Every triple is in one document, beside others of its head.
    """
    from kgpt.kg import open_graph_store

    if options["mode"] == "ngram" and options["corpus"] is None:
        raise click.UsageError("--mode ngram learns patterns from aligned passages; give --corpus FOLDER")
    if options["mode"] == "generator" and options["checkpoint"] is None:
        raise click.UsageError("--mode generator writes with a model; give --checkpoint DIR")
    verbalizer, told = _verbalizer(open_graph_store(graph_path), options)
    _print(_written(verbalizer, out) | told, as_json=options["as_json"])


def _verbalizer(graph: "KnowledgeGraph", options: dict[str, Any]) -> "tuple[GraphVerbalizer, dict[str, Any]]":
    """What writes, and what it learnt from the corpus."""
    from kgpt.pipeline.sentence_generator import SentenceGenerator
    from kgpt.pipeline.verbalizing import GraphVerbalizer, learnt_patterns
    from kgpt.verbalization.aggregation import TemplateWriter
    from kgpt.verbalization.pattern import PatternWriter
    from kgpt.verbalization.statement import StatementBook
    from kgpt.verbalization.subgraph import RelationCounts, SubgraphGrower

    texts = _texts(options["corpus"], graph)
    counts = RelationCounts(text.rows for text in texts)
    told: dict[str, Any] = {}
    writer: Any = TemplateWriter(StatementBook(graph))
    if options["mode"] == "ngram":
        book = learnt_patterns(texts, graph.language)
        told = {"num_patterns": len(book), "sentences_without_pattern": dict(book.left_out)}
        writer = PatternWriter(book, StatementBook(graph))
    if options["mode"] == "generator":
        from kgpt.model import load_checkpoint

        writer = SentenceGenerator(loaded=load_checkpoint(options["checkpoint"]), seed=options["seed"])
    grower = SubgraphGrower(graph, counts, options["max_triples"])
    return GraphVerbalizer(grower=grower, writer=writer, seed=options["seed"], license=options["license_name"]), told


def _texts(corpus: Path | None, graph: "KnowledgeGraph") -> "list[ToldText]":
    from kgpt.alignment.passages import read_passages
    from kgpt.pipeline.data_stages import PASSAGES
    from kgpt.pipeline.verbalizing import told_texts

    if corpus is None:
        return []
    return list(told_texts(read_passages(corpus / PASSAGES if corpus.is_dir() else corpus), graph))


def _written(verbalizer: "GraphVerbalizer", out: Path) -> dict[str, Any]:
    """Write the documents and count them."""
    from kgpt.sources.documents import write_documents

    counts = {"num_documents": 0, "num_triples": 0, "num_links": 0}

    def counted() -> Any:
        for document in verbalizer.documents():
            counts["num_documents"] += 1
            counts["num_triples"] += len(document.triples)
            counts["num_links"] += len(document.links)
            yield document

    write_documents(out, counted())
    return {**counts, "dropped": {reason: n for reason, n in verbalizer.left_out.items() if n}}


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        echo_json(told)
        return
    click.echo(", ".join(f"{n:,} {name.removeprefix('num_')}" for name, n in told.items() if isinstance(n, int)))
    for name, counts in told.items():
        if isinstance(counts, dict) and counts:
            click.echo(f"{name.replace('_', ' ')}: " + ", ".join(f"{n:,} {reason}" for reason, n in counts.items()))
