"""`kgpt corpus` and `kgpt align`: documents curated, linked documents aligned."""

from pathlib import Path

import click

from kgpt.cli.main import echo_json
from kgpt.text import table

_PATH = click.Path(path_type=Path)
_DEFAULT_STEPS = ["normalize", "exact_duplicates", "length"]


@click.group()
def corpus() -> None:
    """Curate documents and look at what became of them."""


@corpus.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", required=True, type=_PATH, help="Folder of the curated corpus.")
@click.option("--config", "config_path", type=_PATH, help="YAML with the `steps` of curation.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def build(sources: tuple[str, ...], out: Path, config_path: Path | None, as_json: bool) -> None:
    """Curate SOURCES: JSON Lines, text files, embedded:NAME; every document that goes is counted by reason.

    Example: kgpt corpus build my.jsonl --out corpus
    """
    from kgpt.config import check_config, read_config
    from kgpt.engine import Processes
    from kgpt.io import fingerprint_file
    from kgpt.pipeline.config import CorpusSettings, config_json
    from kgpt.pipeline.data_stages import corpus_stage
    from kgpt.pipeline.stage import Stage
    from kgpt.sources import open_documents

    told = read_config(config_path) if config_path else {"steps": _DEFAULT_STEPS}
    config = check_config({"sources": list(sources)} | told, CorpusSettings, place=str(config_path or "corpus"))
    inputs = {str(path): fingerprint_file(path) for one in config.sources for path in open_documents(one).files()}
    stage = Stage(name="corpus", folder=out, inputs=inputs, config=config_json(config))
    stage.run(
        lambda folder: corpus_stage(
            config.built_steps(), config.sources, folder, engine=Processes(), shards=stage.shards
        )
    )
    _print_info(out, as_json=as_json)


@corpus.command()
@click.argument("folder", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def info(folder: Path, as_json: bool) -> None:
    """Count what the corpus in FOLDER holds, what was dropped and why, its slices.

    Example: kgpt corpus info corpus
    """
    _print_info(folder, as_json=as_json)


@click.command()
@click.argument("linked", type=_PATH)
@click.option("--graph", "graph_path", required=True, type=_PATH, help="Graph store.")
@click.option("--out", required=True, type=_PATH, help="Folder of the passages.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def align(linked: Path, graph_path: Path, out: Path, as_json: bool) -> None:
    """Find the triples that the passages of LINKED documents support.

    Example: kgpt align linked.jsonl --graph graph --out aligned
    """
    from kgpt.alignment import AlignmentSettings
    from kgpt.alignment.passages import read_passages
    from kgpt.engine import Processes
    from kgpt.io import fingerprint_file
    from kgpt.kg import open_graph_store
    from kgpt.pipeline.config import config_json
    from kgpt.pipeline.data_stages import PASSAGES, alignment_stage, read_sources
    from kgpt.pipeline.stage import Stage

    settings = AlignmentSettings()
    open_graph_store(graph_path)  # a missing or corrupt one is told before work begins
    inputs = {str(path): fingerprint_file(path) for path in (linked, graph_path / "meta.json")}
    stage = Stage(name="aligned", folder=out, inputs=inputs, config=config_json(settings))
    manifest = stage.run(
        lambda folder: alignment_stage(
            settings,
            graph_path,
            read_sources((str(linked),), stage.shards),
            folder,
            engine=Processes(),
            shards=stage.shards,
        )
    )
    num_triples = sum(len(passage.alignments) for passage in read_passages(out / PASSAGES))
    told = {"num_documents": manifest.num_in, "num_passages": manifest.num_out, "num_alignments": num_triples}
    echo_json(told) if as_json else click.echo(
        ", ".join(f"{n:,} {name.removeprefix('num_')}" for name, n in told.items())
    )


def _print_info(folder: Path, *, as_json: bool) -> None:
    from kgpt.corpus import corpus_slices
    from kgpt.errors import DataError
    from kgpt.manifest import read_manifest
    from kgpt.pipeline.data_stages import read_documents
    from kgpt.text import words

    manifest = read_manifest(folder)
    if manifest is None:
        raise DataError(f"{folder}: no curated corpus there; make one with `kgpt corpus build SOURCE --out {folder}`")
    documents = list(read_documents(folder))
    told = {
        "num_documents": len(documents),
        "num_tokens": sum(len(words(document.text)) for document in documents),
        "dropped": dict(manifest.dropped),
        "slices": corpus_slices(documents),
    }
    if as_json:
        echo_json(told)
        return
    rows = [["documents", f"{len(documents):,}"], ["tokens (words and marks)", f"{told['num_tokens']:,}"]]
    rows += [[f"dropped: {reason}", f"{count:,}"] for reason, count in manifest.dropped.items()]
    rows += [[f"{s}: {n}", f"{c:,}"] for s, counts in corpus_slices(documents).items() for n, c in counts.items()]
    click.echo(table([str(folder), ""], rows))
