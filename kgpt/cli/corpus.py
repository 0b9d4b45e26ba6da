"""`kgpt corpus` and `kgpt align`: documents curated, linked documents aligned."""

import time
from itertools import chain
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
    from kgpt.corpus import Curation
    from kgpt.io import fingerprint_file
    from kgpt.pipeline.config import CorpusSettings, config_json
    from kgpt.pipeline.data_stages import DOCUMENTS
    from kgpt.pipeline.stage import Counts, Stage
    from kgpt.progress import track
    from kgpt.sources import open_documents
    from kgpt.sources.documents import write_documents

    told = read_config(config_path) if config_path else {"steps": _DEFAULT_STEPS}
    config = check_config({"sources": list(sources)} | told, CorpusSettings, place=str(config_path or "corpus"))
    readers = [open_documents(source) for source in config.sources]
    inputs = {str(path): fingerprint_file(path) for reader in readers for path in reader.files()}

    def work(folder: Path) -> Counts:
        curation = Curation(config.built_steps())
        items = track(chain.from_iterable(reader.read() for reader in readers), what="corpus")
        write_documents(folder / DOCUMENTS, curation.documents(items))
        return Counts(num_in=curation.num_in, num_out=curation.num_out, dropped=dict(curation.dropped))

    Stage(name="corpus", folder=out, inputs=inputs, config=config_json(config)).run(work)
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
    from kgpt.alignment import Aligner, AlignmentSettings
    from kgpt.alignment.passages import write_passages
    from kgpt.io import atomic_folder, fingerprint_file
    from kgpt.kg import open_graph_store
    from kgpt.manifest import MANIFEST_NAME
    from kgpt.pipeline.data_stages import PASSAGES
    from kgpt.pipeline.stage import Counts, Stage
    from kgpt.progress import track
    from kgpt.records import Document
    from kgpt.sources import open_documents

    aligner, started = Aligner(open_graph_store(graph_path), AlignmentSettings()), time.monotonic()
    documents = [one for one in open_documents(str(linked)).read() if isinstance(one, Document)]
    passages = list(aligner.align(track(documents, what="aligning", total=len(documents))))
    num_triples = sum(len(passage.alignments) for passage in passages)
    stage = Stage(name="aligned", folder=out, inputs={str(linked): fingerprint_file(linked)}, config={})
    with atomic_folder(out, mark=MANIFEST_NAME) as folder:
        write_passages(folder / PASSAGES, passages)
        counts = Counts(num_in=len(documents), num_out=len(passages))
        stage.manifest(counts, time.monotonic() - started).write(folder)
    told = {"num_documents": len(documents), "num_passages": len(passages), "num_alignments": num_triples}
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
