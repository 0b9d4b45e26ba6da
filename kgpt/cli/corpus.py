"""`kgpt corpus` and `kgpt align`: documents curated, linked documents aligned."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgpt.cli.corpus_info import info, print_info
from kgpt.cli.curating import dropped, fit_quality, why
from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.text import table

if TYPE_CHECKING:
    from kgpt.alignment import AlignmentSettings

_PATH = click.Path(path_type=Path)
_DEFAULT_STEPS = ["normalize", "exact_duplicates", "length"]


@click.group(
    epilog=examples(
        "kgpt corpus build my.jsonl --out corpus",
        "kgpt corpus info corpus",
        "kgpt corpus why corpus my.jsonl-17",
    )
)
def corpus() -> None:
    """Curate documents and look at what became of them."""


corpus.add_command(dropped)
corpus.add_command(why)
corpus.add_command(fit_quality)
corpus.add_command(info)


@corpus.command(
    epilog=examples(
        "kgpt corpus build my.jsonl --out corpus",
        "kgpt corpus build my.jsonl pages/ --config steps.yaml --out corpus",
        "kgpt corpus build linked.jsonl --graph graph --config steps.yaml --out corpus",
        "kgpt corpus build 'wikipedia:enwiki.xml.bz2?titles=titles.tsv' --out wiki",
    )
)
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", required=True, type=_PATH, help="Folder of the curated corpus.")
@click.option("--config", "config_path", type=_PATH, help="YAML with the `steps` of curation.")
@click.option("--graph", "graph_path", type=_PATH, help="Graph store: what it says is a fact that may be lost.")
@click.option("--data-dir", default="", help="What {data_dir} stands for in sources and steps.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def build(
    sources: tuple[str, ...], out: Path, config_path: Path | None, graph_path: Path | None, data_dir: str, as_json: bool
) -> None:
    """Curate SOURCES: JSON Lines, text files, embedded:NAME; every document that goes is counted by reason."""
    from kgpt.config import check_config, read_config
    from kgpt.corpus import step_files
    from kgpt.engine import Processes
    from kgpt.errors import ConfigError
    from kgpt.io import fingerprint_file
    from kgpt.kg import open_graph_store
    from kgpt.kg.store import META_NAME
    from kgpt.pipeline.corpus_config import CorpusSettings, built_steps, config_json, filled
    from kgpt.pipeline.data_stages import corpus_stage
    from kgpt.pipeline.stage import Stage
    from kgpt.sources import open_documents

    told = read_config(config_path) if config_path else {"steps": _DEFAULT_STEPS}
    for name, reason in {"sources": "given on the command line", "linked_steps": "for `kgpt run`"}.items():
        if name in told:
            raise ConfigError(f"{config_path}: {name}: they are {reason}; leave them out of the config")
    config = check_config({"sources": list(sources)} | told, CorpusSettings, place=str(config_path or "corpus"))
    steps, found = built_steps(config.steps, data_dir), filled(config.sources, data_dir, "corpus.sources")
    files = [path for one in found for path in open_documents(one).files()]
    if graph_path is not None:
        open_graph_store(graph_path)  # a missing or corrupt one is told before work begins
        files.append(graph_path / META_NAME)
    inputs = {str(path): fingerprint_file(path) for path in (*files, *step_files(steps))}
    stage = Stage(name="corpus", folder=out, inputs=inputs, config=config_json(config))
    stage.run(
        lambda folder: corpus_stage(steps, found, folder, engine=Processes(), shards=stage.shards, graph=graph_path)
    )
    print_info(out, as_json=as_json)


@click.command(
    epilog=examples(
        "kgpt align linked.jsonl --graph graph --out aligned",
        "kgpt align linked.jsonl --graph graph --subject title --min-confidence 0.6 --out aligned",
        "kgpt align gold.jsonl --graph graph --evaluate",
    )
)
@click.argument("linked")
@click.option("--graph", "graph_path", required=True, type=_PATH, help="Graph store.")
@click.option("--out", type=_PATH, help="Folder of the passages.")
@click.option("--evaluate", is_flag=True, help="Say how good the alignments are against the triples LINKED states.")
@click.option(
    "--subject",
    type=click.Choice(["none", "title", "pronoun"]),
    default="none",
    show_default=True,
    help="Give sentences without their subject one: the title's entity, or only where a pronoun stands.",
)
@click.option("--min-confidence", default=0.0, show_default=True, help="Leave out alignments below.")
@click.option("--language", default="en", show_default=True, help="Of sentences, months, numbers and pronouns.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def align(
    linked: str,
    graph_path: Path,
    out: Path | None,
    evaluate: bool,
    subject: str,
    min_confidence: float,
    language: str,
    as_json: bool,
) -> None:
    """Find the facts that the passages of LINKED documents support, or evaluate on documents with gold triples."""
    from kgpt.alignment import AlignmentSettings
    from kgpt.config import check_config
    from kgpt.kg import open_graph_store

    if out is None and not evaluate:
        raise click.UsageError("give --out FOLDER, or --evaluate")
    told = {"subject": subject, "min_confidence": min_confidence, "language": language}
    settings = check_config(told, AlignmentSettings, place="align")
    open_graph_store(graph_path)  # a missing or corrupt one is told before work begins
    if evaluate:
        _evaluate(linked, graph_path, settings, as_json=as_json)
    if out is not None:
        _align(linked, graph_path, out, settings, as_json=as_json and not evaluate)


def _align(linked: str, graph_path: Path, out: Path, settings: "AlignmentSettings", *, as_json: bool) -> None:
    from kgpt.alignment.passages import read_passages
    from kgpt.engine import Processes
    from kgpt.io import fingerprints
    from kgpt.pipeline.corpus_config import config_json
    from kgpt.pipeline.data_stages import PASSAGES, alignment_stage, read_sources
    from kgpt.pipeline.stage import Stage
    from kgpt.sources import open_documents

    inputs = fingerprints([*open_documents(linked).files(), graph_path / "meta.json"])
    stage = Stage(name="aligned", folder=out, inputs=inputs, config=config_json(settings))
    manifest = stage.run(
        lambda folder: alignment_stage(
            settings,
            graph_path,
            read_sources((linked,), stage.shards),
            folder,
            engine=Processes(),
            shards=stage.shards,
        )
    )
    passages = [(len(one.alignments), len(one.literals)) for one in read_passages(out / PASSAGES)]
    told = {
        "num_documents": manifest.num_in,
        "num_passages": manifest.num_out,
        "num_alignments": sum(triples for triples, _ in passages),
        "num_literals": sum(literals for _, literals in passages),
        "dropped": dict(manifest.dropped),
    }
    if as_json:
        echo_json(told)
        return
    click.echo(", ".join(f"{n:,} {name.removeprefix('num_')}" for name, n in told.items() if isinstance(n, int)))


def _evaluate(linked: str, graph_path: Path, settings: "AlignmentSettings", *, as_json: bool) -> None:
    from kgpt.alignment import Aligner
    from kgpt.alignment.quality import QualityTally
    from kgpt.errors import DataError
    from kgpt.kg import open_graph_store
    from kgpt.progress import track
    from kgpt.records import Document
    from kgpt.sources import open_documents
    from kgpt.sources.reading import kept

    graph = open_graph_store(graph_path)
    aligner, tally = Aligner(graph, settings), QualityTally(graph)
    for document in track(kept(open_documents(linked).read(), Document, linked), what="aligning"):
        tally.add(document, aligner.passages(document))
    told = tally.as_json()
    if told is None:
        raise DataError(f"{linked}: no document says which triples it states; give gold, or leave out --evaluate")
    if as_json:
        echo_json(told | {"dropped": dict(aligner.dropped)})
        return
    rows = [["all", *_figures(told)]]
    for relation, figures in told["relations"].items():
        number = graph.relations.ids.find(relation)
        name = graph.relations.label(number) if number is not None else relation
        rows.append([f"{name} ({relation})", *_figures(figures)])
    click.echo(table(["relation", "precision", "recall", "in graph", "gold", "gold in graph", "predicted"], rows))


def _figures(quality: Mapping[str, Any]) -> list[str]:
    shares = [f"{quality[name]:.3f}" for name in ("precision", "recall", "recall_in_graph")]
    return shares + [f"{quality[name]:,}" for name in ("num_gold", "num_gold_in_graph", "num_predicted")]
