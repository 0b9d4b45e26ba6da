"""A graph as the folder of TSV files that `kgpt.sources.tsv` reads, which gives every string back to the letter."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from kgpt.atomic import atomic_folder
from kgpt.io import write_json
from kgpt.kg.graph import ALIAS_SEPARATOR, KnowledgeGraph, Names
from kgpt.kg.values import ValueTable, ValueType
from kgpt.sources.tsv_cell import ESCAPES_NAME, escaped, required

_TRIPLES_NAME = "triples.tsv"
_CHUNK_ROWS = 1 << 16


def export_tsv(graph: KnowledgeGraph, folder: Path) -> None:
    """Write all that the graph says, whole or not at all; memory holds 65,536 rows at a time.

    Raises:
        StoreError: the disk refuses, or `folder` holds something that is no such graph.
    """
    with atomic_folder(folder, mark=_TRIPLES_NAME) as partial:
        _write(partial / _TRIPLES_NAME, _triple_rows(graph))
        _write(partial / "relations.tsv", _name_rows(graph.relations))
        _write(partial / "literals.tsv", _literal_rows(graph))
        _write(partial / "qualifiers.tsv", _qualifier_rows(graph))
        for language, names in ((graph.language, graph.entities), *graph.translations.items()):
            middle = "" if names is graph.entities else f".{language}"
            counts = graph.num_sitelinks if names is graph.entities else np.zeros(0, np.int32)
            _write(partial / f"entities{middle}.tsv", _name_rows(names, all_rows=not middle))
            _write(partial / f"sitelinks{middle}.tsv", _title_rows(names, counts.tolist()))
        write_json(partial / ESCAPES_NAME, {"languages": [graph.language, *graph.translations]})


def _triple_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    relations = [required(identifier) for identifier in graph.relations.ids]
    for start in range(0, graph.num_triples, _CHUNK_ROWS):
        rows = np.asarray(graph.triples[start : start + _CHUNK_ROWS])
        ends, places = np.unique(rows[:, [0, 2]], return_inverse=True)
        cells = [required(identifier) for identifier in graph.entities.ids.take(ends)]
        for (head, tail), relation in zip(places.reshape(-1, 2).tolist(), rows[:, 1].tolist(), strict=True):
            yield cells[head], relations[relation], cells[tail]


def _name_rows(names: Names, *, all_rows: bool = True) -> Iterator[tuple[str, ...]]:
    """Id, label, aliases and description; `all_rows` also those without any."""
    heaps = (names.ids, names.labels, names.aliases, names.descriptions)
    for identifier, label, aliases, description in zip(*heaps, strict=True):
        if all_rows or label or aliases or description:
            others = "|".join(escaped(name) for name in aliases.split(ALIAS_SEPARATOR)) if aliases else ""
            yield required(identifier), escaped(label), others, escaped(description)


def _title_rows(names: Names, counts: list[int]) -> Iterator[tuple[str, ...]]:
    for place, (identifier, title) in enumerate(zip(names.ids, names.titles, strict=True)):
        count = counts[place] if counts else 0
        if title or count:
            yield required(identifier), escaped(title), str(count or "")


def _literal_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    for owner, relation, value, kind in _values(graph.literals):
        head, name = required(graph.entities.ids[owner]), required(graph.relations.ids[relation])
        yield head, name, required(value), kind.kind, escaped(kind.unit), escaped(kind.datatype), kind.language


def _qualifier_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    for owner, relation, value, kind in _values(graph.qualifiers):
        triple = graph.triple(graph.triples[owner])
        yield (
            *map(required, (triple.head, triple.relation, triple.tail)),
            required(graph.relations.ids[relation]),
            required(value),
            kind.kind,
            escaped(kind.unit),
        )


def _values(table: ValueTable) -> Iterator[tuple[int, int, str, ValueType]]:
    types = [ValueType.parse(text) for text in table.type_names]
    columns = zip(table.owners, table.relations, table.types, table.values, strict=True)
    return ((int(owner), int(relation), value, types[kind]) for owner, relation, kind, value in columns)


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """The rows as lines; no file where there is none, but for the triples."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(row).rstrip("\t") + "\n" for row in rows)
    if not path.stat().st_size and path.name != _TRIPLES_NAME:
        path.unlink()
