"""`kgpt graph`: build a store, look into it, take it elsewhere."""

from itertools import chain
from pathlib import Path
from typing import Any

import click

from kgpt.cli.main import echo_json
from kgpt.text import table

_FOLDER = click.Path(path_type=Path)


@click.group()
def graph() -> None:
    """Build a graph store, look into it, export it."""


@graph.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", required=True, type=_FOLDER, help="Folder of the store.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def build(sources: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Build a store from SOURCES: TSV, N-Triples, Turtle, RDF/XML, a folder of TSV files, embedded:NAME.

    Example: kgpt graph build my.ttl labels.nt --out graph
    """
    from kgpt.kg import build_graph, write_graph
    from kgpt.progress import track
    from kgpt.sources import open_graph

    readers = [open_graph(source) for source in sources]
    built, builder = build_graph(track(chain.from_iterable(r.read() for r in readers), what="graph"))
    write_graph(built, out, skipped=builder.skipped)
    _print_info(out, as_json=as_json)


@graph.command()
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option("--verify", is_flag=True, help="Also compare every file with its hash.")
def info(folder: Path, as_json: bool, verify: bool) -> None:
    """Count what the store in FOLDER holds.

    Example: kgpt graph info graph
    """
    from kgpt.kg import store

    if verify:
        store.verify(folder)
    _print_info(folder, as_json=as_json)


@graph.command()
@click.argument("folder", type=_FOLDER)
@click.argument("entity")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--max", "max_triples", default=20, show_default=True, help="Triples shown a direction.")
def show(folder: Path, entity: str, as_json: bool, max_triples: int) -> None:
    """Show one ENTITY (an id) with its names and neighbours.

    Example: kgpt graph show graph Q64
    """
    about = _about(folder, entity, max_triples)
    if as_json:
        echo_json(about)
        return
    click.echo(f"{about['label']} ({entity}): {about['description'] or 'no description'}")
    if about["aliases"]:
        click.echo("also: " + ", ".join(about["aliases"]))
    for literal in about["literals"]:
        click.echo("  {relation} = {value} {unit}".format(**literal).rstrip())
    for row in about["outgoing"]:
        click.echo(f"  {row['relation']} -> {row['label']} ({row['entity']})")
    for row in about["incoming"]:
        click.echo(f"  {row['relation']} <- {row['label']} ({row['entity']})")
    left = about["num_triples"] - len(about["outgoing"]) - len(about["incoming"])
    if left:
        click.echo(f"  ... and {left:,} more triples (--max)")


@graph.command()
@click.argument("folder", type=_FOLDER)
@click.option("--to", "form", required=True, type=click.Choice(["nt", "ttl", "tsv", "graphml"]))
@click.option("--out", required=True, type=_FOLDER, help="File to write (a folder for tsv).")
def export(folder: Path, form: str, out: Path) -> None:
    """Write the store as N-Triples, Turtle, a folder of TSV files, or GraphML.

    Example: kgpt graph export graph --to ttl --out graph.ttl
    """
    from kgpt.kg import open_graph_store

    opened = open_graph_store(folder)
    if form == "tsv":
        from kgpt.kg.tsv import export_tsv

        export_tsv(opened, out)
    elif form == "graphml":
        from kgpt.kg.networkx import export_graphml

        export_graphml(opened, out)
    else:
        from kgpt.kg.rdf import export_rdf

        export_rdf(opened, out, form=form)


def _print_info(folder: Path, *, as_json: bool) -> None:
    from kgpt.kg.store import graph_info

    counts = graph_info(folder)
    if as_json:
        echo_json(counts)
        return
    skipped = counts.pop("skipped")
    rows = [[name.removeprefix("num_"), f"{count:,}"] for name, count in counts.items()]
    click.echo(table([str(folder), ""], rows + [[f"skipped: {r}", f"{n:,}"] for r, n in skipped.items()]))


def _about(folder: Path, entity: str, limit: int) -> dict[str, Any]:
    from dataclasses import asdict

    from kgpt.kg import open_graph_store

    opened = open_graph_store(folder)
    number, names = opened.entity(entity), opened.entities
    label, *aliases = names.surfaces(number)

    def rows(found: Any, end: int) -> list[dict[str, str]]:
        return [
            {
                "relation": opened.relations.label(r[1]),
                "entity": names.ids[r[end]],
                "label": names.label(r[end]),
            }
            for r in found[:limit].tolist()
        ]

    return {
        "id": entity,
        "label": label,
        "aliases": aliases,
        "description": names.descriptions[number],
        "num_triples": int(opened.degrees[number]),
        "outgoing": rows(opened.outgoing(number), 2),
        "incoming": rows(opened.incoming(number), 0),
        "literals": [asdict(literal) for literal in opened.literals_of(number)],
    }
