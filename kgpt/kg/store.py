"""A graph on disk: a folder of memory-mapped arrays and `meta.json`, opened by path in a moment.

`meta.json` is written last and lists every file with its size; a folder without it, or with a file of another
size, is recognised as half-written or corrupt when opened. `verify` compares the hashes, too.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import DataError, StoreError
from kgpt.io import atomic_folder, fingerprint_file, read_json, write_json
from kgpt.kg.graph import ALIAS_SEPARATOR, KnowledgeGraph, LiteralTable, Names
from kgpt.kg.heap import TextHeap

VERSION = 1
META_NAME = "meta.json"


def write_graph(graph: KnowledgeGraph, folder: Path, *, skipped: Mapping[str, int] | None = None) -> None:
    """Write `graph` to `folder`, whole or not at all.

    Args:
        graph: what to write.
        folder: where; an older store there is replaced.
        skipped: what the builder left out, by reason, kept for `kgpt graph info`.

    Raises:
        StoreError: the disk refuses, or `folder` holds something that is no store.
    """
    with atomic_folder(folder, mark=META_NAME) as partial:
        fill_store(graph, partial, skipped=skipped)


def fill_store(graph: KnowledgeGraph, folder: Path, *, skipped: Mapping[str, int] | None = None) -> None:
    """Write the store's files into an existing folder."""
    for name, array in _arrays(graph).items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    files = sorted(folder.glob("*.npy"))
    meta = {
        "version": VERSION,
        "files": {file.name: {"bytes": file.stat().st_size, "sha256": fingerprint_file(file)} for file in files},
        "skipped": dict(skipped or {}),
    }
    write_json(folder / META_NAME, meta)


def open_graph_store(folder: Path) -> KnowledgeGraph:
    """The graph in `folder`, memory-mapped.

    Raises:
        DataError: there is no such folder.
        StoreError: it is no graph store, or a half-written or corrupt one.
    """
    meta = read_meta(folder)
    for name, told in meta["files"].items():
        found = (folder / name).stat().st_size if (folder / name).is_file() else None
        if found != told["bytes"]:
            size = "missing" if found is None else f"{found:,} bytes"
            raise StoreError(
                f"{folder / name}: {size}, {told['bytes']:,} bytes expected: "
                "the store is corrupt; build it again with `kgpt graph build`"
            )
    return _graph(folder)


def verify(folder: Path) -> None:
    """Compare every file with the hash it was written with.

    Raises:
        StoreError: one differs, or the store does not open.
    """
    open_graph_store(folder)
    for name, told in read_meta(folder)["files"].items():
        if fingerprint_file(folder / name) != told["sha256"]:
            raise StoreError(f"{folder / name}: its content changed since it was written; build the store again")


def read_meta(folder: Path) -> dict[str, Any]:
    """What `meta.json` says.

    Raises:
        DataError: there is no such folder.
        StoreError: no graph store, half-written, or of another version.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such graph store; build one with `kgpt graph build SOURCE --out {folder}`")
    if not (folder / META_NAME).is_file():
        raise StoreError(f"{folder}: no {META_NAME}: not a graph store, or a half-written one; build it again")
    try:
        meta = read_json(folder / META_NAME)
    except DataError as error:
        raise StoreError(f"{error}: the store is corrupt; build it again") from error
    if meta.get("version") != VERSION:
        raise StoreError(f"{folder}: store version {meta.get('version')}, this kgpt reads {VERSION}; build it again")
    if not isinstance(meta.get("files"), dict):
        raise StoreError(f"{folder / META_NAME}: lists no files: the store is corrupt; build it again")
    return meta


def graph_info(folder: Path) -> dict[str, Any]:
    """The counts that `kgpt graph info` tells."""
    graph, meta = open_graph_store(folder), read_meta(folder)
    return {
        "num_entities": graph.num_entities,
        "num_relations": graph.num_relations,
        "num_triples": graph.num_triples,
        "num_literals": len(graph.literals),
        "num_labels": sum(1 for label in graph.entities.labels if label),
        "num_aliases": sum(len(a.split(ALIAS_SEPARATOR)) for a in graph.entities.aliases if a),
        "num_bytes": sum(told["bytes"] for told in meta["files"].values()),
        "skipped": meta["skipped"],
    }


def _arrays(graph: KnowledgeGraph) -> dict[str, NDArray[Any]]:
    heaps = {
        f"{kind}_{field}": getattr(names, field)
        for kind, names in (("entity", graph.entities), ("relation", graph.relations))
        for field in ("ids", "labels", "aliases", "descriptions")
    }
    heaps |= {"literal_values": graph.literals.values, "literal_units": graph.literals.units}
    arrays: dict[str, NDArray[Any]] = {f"{name}_content": heap.content for name, heap in heaps.items()}
    arrays |= {f"{name}_offsets": heap.offsets for name, heap in heaps.items()}
    table = graph.literals
    arrays |= {
        "literal_heads": table.heads,
        "literal_relations": table.relations,
        "literal_kinds": table.kinds,
    }
    rows = {"head_indptr": graph.head_indptr, "by_tail": graph.by_tail, "tail_indptr": graph.tail_indptr}
    return arrays | {"triples": graph.triples} | rows


def _graph(folder: Path) -> KnowledgeGraph:
    graph = KnowledgeGraph(
        entities=_names(folder, "entity"),
        relations=_names(folder, "relation"),
        triples=_mapped(folder, "triples"),
        literals=LiteralTable(
            heads=_mapped(folder, "literal_heads"),
            relations=_mapped(folder, "literal_relations"),
            kinds=_mapped(folder, "literal_kinds"),
            values=_heap(folder, "literal_values"),
            units=_heap(folder, "literal_units"),
        ),
    )
    for name in ("head_indptr", "by_tail", "tail_indptr"):
        graph.__dict__[name] = _mapped(folder, name)  # stored, so that the cached property is never computed
    return graph


def _names(folder: Path, kind: str) -> Names:
    return Names(*(_heap(folder, f"{kind}_{field}") for field in ("ids", "labels", "aliases", "descriptions")))


def _heap(folder: Path, name: str) -> TextHeap:
    return TextHeap(_mapped(folder, f"{name}_content"), _mapped(folder, f"{name}_offsets"))


def _mapped(folder: Path, name: str) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        return cast(NDArray[Any], np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: unreadable ({error}); build the store again with `kgpt graph build`") from error
