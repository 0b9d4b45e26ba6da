"""A graph as the folder of TSV files that `kgpt.sources.tsv` reads."""

from collections.abc import Iterable
from pathlib import Path

from kgpt.io import atomic_folder
from kgpt.kg.graph import KnowledgeGraph, Names


def export_tsv(graph: KnowledgeGraph, folder: Path) -> None:
    """Write triples, entities, relations and literals, whole or not at all."""
    with atomic_folder(folder) as partial:
        _write(partial / "triples.tsv", ((t.head, t.relation, t.tail) for t in map(graph.triple, graph.triples)))
        _write(partial / "entities.tsv", _name_rows(graph.entities))
        _write(partial / "relations.tsv", _name_rows(graph.relations))
        literals = (graph.literal(row) for row in range(len(graph.literals)))
        _write(partial / "literals.tsv", ((x.head, x.relation, x.value, x.kind, x.unit) for x in literals))


def _name_rows(names: Names) -> Iterable[tuple[str, ...]]:
    for number in range(len(names)):
        label, *aliases = names.surfaces(number)
        yield names.ids[number], label, "|".join(aliases), names.descriptions[number]


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
