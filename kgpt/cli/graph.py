"""`kgpt graph`: build a store, look into it, pick a part of it, take it elsewhere."""

from dataclasses import asdict, astuple
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.cli.ranges import COUNT, SHARE
from kgpt.errors import ConfigError, DataError, did_you_mean
from kgpt.progress import track
from kgpt.text import table

if TYPE_CHECKING:
    from kgpt.kg.entity_view import EntityView
    from kgpt.kg.statistics import GraphStatistics, RelationTrait

_FOLDER = click.Path(path_type=Path)
_MAX_ROWS = 20


@click.group(
    epilog=examples(
        "kgpt graph build my.ttl --out graph",
        "kgpt graph show graph Q64",
        "kgpt graph export graph --to nt --out graph.nt",
    )
)
def graph() -> None:
    """Build a graph store, look into it, export it."""


@graph.command(
    epilog=examples(
        "kgpt graph build my.ttl labels.nt --out graph",
        "kgpt graph build wikidata-latest-all.json.bz2 --languages en,de --out graph",
        "kgpt graph build embedded:atlas --out graph",
    )
)
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", required=True, type=_FOLDER, help="Folder of the store.")
@click.option("--languages", help="Whose names are kept, the main one first, as in en,de; en where nobody says.")
@click.option("--memory-gib", default=2.0, show_default=True, help="So much may wait in memory, the rest on disk.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def build(sources: tuple[str, ...], out: Path, languages: str | None, memory_gib: float, as_json: bool) -> None:
    """Build a store from SOURCES, each [FORM:]PATH[?OPTION=VALUE&...] or embedded:NAME.

    TSV, N-Triples, Turtle, RDF/XML, KGTK, Parquet, a Wikidata dump and others, plain or compressed.
    """
    from kgpt.kg.store import build_store
    from kgpt.sources import open_graph
    from kgpt.sources.base import num_records, read_bulk

    told = _languages(languages)
    readers = [open_graph(source, languages=told) for source in sources]
    items = chain.from_iterable(read_bulk(reader) for reader in readers)
    tracked = track(items, what="records", size=num_records)
    build_store(tracked, out, languages=told or ("en",), memory_bytes=_memory_bytes(memory_gib))
    _print_info(out, as_json=as_json)


@graph.command(
    epilog=examples(
        "kgpt graph info graph",
        "kgpt graph info graph --verify --json",
    )
)
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option("--verify", is_flag=True, help="Also compare every file with its hash.")
def info(folder: Path, as_json: bool, verify: bool) -> None:
    """Count what the store in FOLDER holds."""
    from kgpt.kg import store

    if verify:
        store.verify(folder)
    _print_info(folder, as_json=as_json)


@graph.command(
    epilog=examples(
        "kgpt graph show graph Q64 --out berlin.html",
        "kgpt graph show graph Berlin --max 5",
    )
)
@click.argument("folder", type=_FOLDER)
@click.argument("entity")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--max", "max_triples", default=20, type=COUNT, show_default=True, help="Triples shown a direction.")
@click.option("--out", type=_FOLDER, help="Also draw the neighbourhood: FILE.html, .png or .svg.")
def show(folder: Path, entity: str, as_json: bool, max_triples: int, out: Path | None) -> None:
    """Show one ENTITY (an id, or a label that means one alone) with its names and neighbours."""
    from kgpt.kg import open_graph_store
    from kgpt.kg.entity_view import view_entity
    from kgpt.kg.finding import find_entity

    if out is not None:
        _require_suffix(out, (".html", ".png", ".svg"))
    opened = open_graph_store(folder)
    view = view_entity(opened, find_entity(opened, entity), max_triples=max_triples)
    if out is not None:
        _draw_entity(view, out)
    if as_json:
        echo_json(view.json())
    else:
        _tell_entity(view)


@graph.command(
    epilog=examples(
        "kgpt graph stats graph --out graph.html",
    )
)
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--out", type=_FOLDER, help="Also draw the statistics: FILE.html, .png or .svg.")
@click.option(
    "--min-support", default=10, type=COUNT, show_default=True, help="Triples behind a pair of inverse relations."
)
@click.option(
    "--min-confidence", default=0.5, type=SHARE, show_default=True, help="Share of a relation's triples behind it."
)
def stats(folder: Path, as_json: bool, out: Path | None, min_support: int, min_confidence: float) -> None:
    """Count degrees, relations and what they imply, literals, names by language."""
    from kgpt.kg import open_graph_store
    from kgpt.kg.statistics import graph_statistics

    if out is not None:
        _require_suffix(out, (".html", ".png", ".svg"))
    told = graph_statistics(open_graph_store(folder), min_support=min_support, min_confidence=min_confidence)
    if out is not None:
        _draw_statistics(told, folder, out)
    if as_json:
        echo_json(asdict(told))
    else:
        _tell_statistics(told)


@graph.command(
    epilog=examples(
        "kgpt graph select graph --sparql 'CONSTRUCT WHERE { ?a wdt:P36 ?b }' --out capitals",
        "kgpt graph select graph --sparql @query.rq --out part",
    )
)
@click.argument("folder", type=_FOLDER)
@click.option("--sparql", required=True, help="CONSTRUCT, or SELECT ?head ?relation ?tail; @FILE reads it from a file.")
@click.option("--out", required=True, type=_FOLDER, help="Folder of the new store.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def select(folder: Path, sparql: str, out: Path, as_json: bool) -> None:
    """Make a store of the triples that a SPARQL query picks, with all that is said of their entities.

    Nothing but the store is asked: SERVICE, LOAD and FROM are refused.
    """
    from kgpt.kg import open_graph_store, write_graph
    from kgpt.kg.selection import subgraph
    from kgpt.kg.sparql import rows_selected

    opened = open_graph_store(folder)
    rows, dropped = rows_selected(opened, _query(sparql))
    if not len(rows):
        raise ConfigError(f"--sparql: picks no triple of {opened.num_triples:,}; found besides: {dropped or 'nothing'}")
    left = {"not_in_sparql_result": opened.num_triples - len(rows)} | {f"sparql_{k}": n for k, n in dropped.items()}
    write_graph(subgraph(opened, opened.triples[rows]), out, skipped={k: n for k, n in left.items() if n})
    _print_info(out, as_json=as_json)


@graph.command(
    epilog=examples(
        "kgpt graph export graph --to ttl --out graph.ttl",
        "kgpt graph export graph --to titles --out titles.tsv",
    )
)
@click.argument("folder", type=_FOLDER)
@click.option("--to", "form", required=True, type=click.Choice(["nt", "ttl", "tsv", "graphml", "titles"]))
@click.option("--out", required=True, type=_FOLDER, help="File to write (a folder for tsv).")
@click.option("--language", default="", help="Of the titles; the graph's main one where nobody says.")
def export(folder: Path, form: str, out: Path, language: str) -> None:
    """Write the store as N-Triples, Turtle, a folder of TSV files, GraphML, or title<TAB>id lines.

    What a form cannot say is counted on stderr; tsv says everything.
    """
    from kgpt.kg import open_graph_store

    opened = open_graph_store(folder)
    if language and form != "titles":
        raise ConfigError(f"--language: is for --to titles alone, found --to {form}")
    if form == "tsv":
        from kgpt.kg.tsv import export_tsv

        export_tsv(opened, out)
    elif form == "graphml":
        from kgpt.kg.networkx import export_graphml

        export_graphml(opened, out)
    elif form == "titles":
        from kgpt.kg.titles import export_titles

        known = (opened.language, *opened.translations)
        if language and language not in known:
            raise ConfigError(f"--language: the graph has no names in {language!r}; {did_you_mean(language, known)}")
        export_titles(opened, out, language=language)
    else:
        from kgpt.kg.rdf import export_rdf

        for reason, count in sorted((+export_rdf(opened, out, form=form)).items()):
            click.echo(f"{out}: {form} cannot say {count:,} of: {reason}", err=True)


def _languages(text: str | None) -> tuple[str, ...]:
    told = tuple(dict.fromkeys(part.strip() for part in text.split(","))) if text is not None else ()
    if not all(told):
        raise ConfigError(f"--languages: expected codes separated by commas, as in en,de; found {text!r}")
    return told


def _memory_bytes(gib: float) -> int:
    if not 0 < gib < 2**20:
        raise ConfigError(f"--memory-gib: expected a number above 0, found {gib:g}")
    return int(gib * 2**30)


def _query(text: str) -> str:
    if not text.startswith("@"):
        return text
    from kgpt.io import read_bytes

    path = Path(text[1:])
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error


def _require_suffix(path: Path, allowed: tuple[str, ...]) -> None:
    if path.suffix not in allowed:
        raise ConfigError(f"--out: expected a file that ends with {', '.join(allowed)}; found {str(path)!r}")


def _draw_statistics(told: "GraphStatistics", folder: Path, out: Path) -> None:
    if out.suffix == ".html":
        from kgpt.report.graph_page import write_graph_page

        write_graph_page(told, folder.resolve().name, out)
    else:
        from kgpt.report.graph_plots import write_picture

        write_picture(told, out)


def _draw_entity(view: "EntityView", out: Path) -> None:
    if out.suffix == ".html":
        from kgpt.report.graph_page import write_entity_page

        write_entity_page(view, out)
    else:
        from kgpt.report.neighborhood import write_neighborhood

        write_neighborhood(view, out)


def _tell_entity(view: "EntityView") -> None:
    click.echo(f"{view.main.label} ({view.id}): {view.main.description or 'no description'}")
    if view.main.aliases:
        click.echo("also: " + ", ".join(view.main.aliases))
    for language, names in list(view.names.items())[1:]:
        said = ", ".join(filter(None, (names.label, *names.aliases)))
        click.echo(f"  [{language}] {said}" + f": {names.description}" * bool(names.description))
    for literal in view.literals:
        click.echo(f"  {literal}")
    for arrow, rows in (("->", view.outgoing), ("<-", view.incoming)):
        for row in rows:
            click.echo(f"  {row.relation} {arrow} {row.label} ({row.entity})")
            for qualifier in row.qualifiers:
                click.echo(f"      {qualifier}")
    if left := view.num_triples - len(view.outgoing) - len(view.incoming):
        click.echo(f"  ... and {left:,} more triples (--max)")


def _tell_statistics(told: "GraphStatistics") -> None:
    degrees = ", ".join(f"{share} % up to {value:,.0f}" for share, value in told.degrees.percentiles.items())
    click.echo(f"triples an entity is in: {told.degrees.mean:.2f} on average; {degrees}\n")
    labels, traits = {row.id: row.label for row in told.relations}, {row.id: row for row in told.traits}
    header = ["relation", "triples", "heads", "tails", "literals", "functional", "inverse"]
    rows = [
        [
            f"{row.label} ({row.id})",
            *(f"{n:,}" for n in (row.num_triples, row.num_heads, row.num_tails)),
            *_shares(trait),
        ]
        for row in told.relations[:_MAX_ROWS]
        for trait in [traits[row.id]]
    ]
    more = told.num_relations - _MAX_ROWS
    click.echo(table(header, rows) + (f"\n{more:,} more (--json)\n" if more > 0 else "\n"))
    for title, rules in (("symmetric", told.symmetric), ("inverse", told.inverse)):
        found = [
            [f"{labels[rule.relation]} / {labels[rule.inverse]}", f"{rule.support:,}", f"{rule.confidence:.3f}"]
            for rule in rules[:_MAX_ROWS]
        ]
        click.echo(table([title, "support", "confidence"], found) + "\n")
    names = [[one.language, *(f"{n:,}" for n in astuple(one)[1:])] for one in told.languages]
    click.echo(table(["language", "labels", "with aliases", "descriptions", "titles"], names))


def _shares(trait: "RelationTrait") -> list[str]:
    return [f"{trait.num_literals:,}", f"{trait.functional:.3f}", f"{trait.inverse_functional:.3f}"]


def _print_info(folder: Path, *, as_json: bool) -> None:
    from kgpt.kg.store import graph_info

    counts = graph_info(folder)
    if as_json:
        echo_json(counts)
        return
    skipped = counts.pop("skipped")
    rows = [[name.removeprefix("num_"), f"{count:,}"] for name, count in counts.items()]
    click.echo(table([str(folder), ""], rows + [[f"skipped: {r}", f"{n:,}"] for r, n in skipped.items()]))
