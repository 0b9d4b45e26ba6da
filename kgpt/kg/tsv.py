"""A graph as the folder of TSV files that `kgpt.sources.tsv` reads."""

import re
from collections.abc import Iterable
from pathlib import Path

from kgpt.io import atomic_folder
from kgpt.kg.graph import KnowledgeGraph, Names

_TRIPLES_NAME = "triples.tsv"
_BREAKS = re.compile(r"[\t\r\n]+")


def export_tsv(graph: KnowledgeGraph, folder: Path) -> None:
    """Write triples, entities, relations and literals, whole or not at all; tabs and line breaks become blanks.

    Raises:
        StoreError: the disk refuses, or `folder` holds something that is no such graph.
    """
    with atomic_folder(folder, mark=_TRIPLES_NAME) as partial:
        _write(partial / _TRIPLES_NAME, ((t.head, t.relation, t.tail) for t in map(graph.triple, graph.triples)))
        _write(partial / "entities.tsv", _name_rows(graph.entities))
        _write(partial / "relations.tsv", _name_rows(graph.relations))
        literals = (graph.literal(row) for row in range(len(graph.literals)))
        _write(partial / "literals.tsv", ((x.head, x.relation, x.value, x.kind, x.unit) for x in literals))


def _name_rows(names: Names) -> Iterable[tuple[str, ...]]:
    for number in range(len(names)):
        yield (
            names.ids[number],
            names.labels[number],
            "|".join(names.other_names(number)),
            names.descriptions[number],
        )


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    path.write_text("".join("\t".join(_BREAKS.sub(" ", cell) for cell in row) + "\n" for row in rows), "utf-8")
