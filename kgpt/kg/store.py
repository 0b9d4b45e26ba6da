"""A graph on disk: a folder of memory-mapped arrays and `meta.json`, opened by path in a moment.

`meta.json` is written last and lists every file with its size; a folder without it, or with a file of another
size, is recognised as half-written or corrupt when opened. `verify` compares the hashes, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kgpt.atomic import MIN_FREE_BYTES, atomic_folder, require_space
from kgpt.errors import DataError, StoreError
from kgpt.io import Stamp, file_stamp, fingerprint_file, read_json, write_json
from kgpt.kg.assembling import Allocate
from kgpt.kg.build import DEFAULT_MEMORY_BYTES, GraphBuilder
from kgpt.kg.graph import ALIAS_SEPARATOR, KnowledgeGraph, Names
from kgpt.kg.heap import TextHeap
from kgpt.kg.values import ValueTable
from kgpt.records import Dropped, GraphItem
from kgpt.sources.block import Block

VERSION = 2
META_NAME = "meta.json"


def write_graph(graph: KnowledgeGraph, folder: Path, *, skipped: Mapping[str, int] | None = None) -> None:
    """Write `graph` to `folder`, whole or not at all (`build_store` never holds it in memory).

    Args:
        graph: what to write.
        folder: where; an older store there is replaced.
        skipped: what the builder left out, by reason, kept for `kgpt graph info`.

    Raises:
        StoreError: the disk refuses, or `folder` holds something that is no store.
    """
    with atomic_folder(folder, mark=META_NAME) as partial:
        fill_store(graph, partial, skipped=skipped)


def build_store(
    items: Iterable[GraphItem | Dropped | Block],
    folder: Path,
    *,
    languages: Sequence[str] = ("en",),
    memory_bytes: int = DEFAULT_MEMORY_BYTES,
) -> GraphBuilder:
    """Build the graph of `items` in `folder`, whole or not at all, in bounded memory; gives the builder's counts.

    Args:
        items: what the sources say.
        folder: where; an older store there is replaced.
        languages: whose names are kept, the main one first.
        memory_bytes: see `GraphBuilder`.

    Raises:
        DataError: no triple at all, or a source is malformed.
        StoreError: the disk refuses, or `folder` holds something that is no store.
    """
    with atomic_folder(folder, mark=META_NAME) as partial, TemporaryDirectory(dir=partial.parent) as waiting:
        builder = GraphBuilder(languages=languages, memory_bytes=memory_bytes, folder=Path(waiting), ids_as_names=True)
        for item in items:
            builder.add(item)
        fill_store(builder.build(mapped_arrays(partial)), partial, skipped=builder.skipped)
    return builder


def fill_store(graph: KnowledgeGraph, folder: Path, *, skipped: Mapping[str, int] | None = None) -> None:
    """Write the store's files into an existing folder, those that `mapped_arrays` has put there excepted."""
    for name, array in _arrays(graph).items():
        if not (folder / f"{name}.npy").is_file():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
    files = sorted(folder.glob("*.npy"))
    meta = {
        "version": VERSION,
        "language": graph.language,
        "translations": sorted(graph.translations),
        "files": {file.name: {"bytes": file.stat().st_size, "sha256": fingerprint_file(file)} for file in files},
        "skipped": dict(skipped or {}),
    }
    write_json(folder / META_NAME, meta)


def mapped_arrays(folder: Path) -> Allocate:
    """Room for a store's large arrays as files of `folder`, so that memory never holds them whole."""

    def allocate(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        num_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if not num_bytes:
            return np.empty(shape, dtype)
        require_space(folder, num_bytes=num_bytes + MIN_FREE_BYTES)  # a mapped file on a full disk kills the process
        return np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.dtype(dtype), shape)

    return allocate


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
    return _graph(folder, meta)


def worker_graph_store(folder: Path) -> KnowledgeGraph:
    """The same, opened once in a process for as long as no other store is put in its place."""
    return _opened(folder, file_stamp(folder / META_NAME))


@lru_cache(maxsize=1)
def _opened(folder: Path, _stamp: Stamp) -> KnowledgeGraph:
    return open_graph_store(folder)


def is_store(folder: Path) -> bool:
    """Whether a graph store lies in `folder`, of whatever version."""
    return (folder / META_NAME).is_file() and (folder / "triples.npy").is_file()


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
        "num_qualifiers": len(graph.qualifiers),
        "num_labels": int((np.diff(graph.entities.labels.offsets) > 0).sum()),
        "num_aliases": _num_aliases(graph.entities),
        "num_bytes": sum(told["bytes"] for told in meta["files"].values()),
        "skipped": meta["skipped"],
    }


def _num_aliases(names: Names) -> int:
    separators = int((np.asarray(names.aliases.content) == ord(ALIAS_SEPARATOR)).sum())
    return separators + int((np.diff(names.aliases.offsets) > 0).sum())


def _arrays(graph: KnowledgeGraph) -> dict[str, NDArray[Any]]:
    heaps = {f"entity_{field}": getattr(graph.entities, field) for field in ("ids", *_NAME_FIELDS)}
    heaps |= {f"relation_{field}": getattr(graph.relations, field) for field in ("ids", *_NAME_FIELDS)}
    for language, names in graph.translations.items():
        heaps |= {f"entity_{field}.{language}": getattr(names, field) for field in _NAME_FIELDS}
    arrays: dict[str, NDArray[Any]] = {}
    for what, table in (("literal", graph.literals), ("qualifier", graph.qualifiers)):
        heaps |= {f"{what}_values": table.values, f"{what}_type_names": table.type_names}
        arrays |= {f"{what}_{field}": getattr(table, field) for field in ("owners", "relations", "types")}
    arrays |= {f"{name}_content": heap.content for name, heap in heaps.items()}
    arrays |= {f"{name}_offsets": heap.offsets for name, heap in heaps.items()}
    rows = {"head_indptr": graph.head_indptr, "by_tail": graph.by_tail, "tail_indptr": graph.tail_indptr}
    return arrays | {"triples": graph.triples, "num_sitelinks": graph.num_sitelinks} | rows


_NAME_FIELDS = ("labels", "aliases", "descriptions", "titles")


def _graph(folder: Path, meta: Mapping[str, Any]) -> KnowledgeGraph:
    entities = _names(folder, "entity")
    graph = KnowledgeGraph(
        entities=entities,
        relations=_names(folder, "relation"),
        triples=_mapped(folder, "triples"),
        literals=_values(folder, "literal"),
        qualifiers=_values(folder, "qualifier"),
        num_sitelinks=_mapped(folder, "num_sitelinks"),
        language=meta["language"],
        translations={
            language: Names(entities.ids, *(_heap(folder, f"entity_{field}.{language}") for field in _NAME_FIELDS))
            for language in meta["translations"]
        },
    )
    for name in ("head_indptr", "by_tail", "tail_indptr"):
        graph.__dict__[name] = _mapped(folder, name)  # stored, so that the cached property is never computed
    return graph


def _names(folder: Path, what: str) -> Names:
    return Names(*(_heap(folder, f"{what}_{field}") for field in ("ids", *_NAME_FIELDS)))


def _values(folder: Path, what: str) -> ValueTable:
    owners, relations, types = (_mapped(folder, f"{what}_{field}") for field in ("owners", "relations", "types"))
    return ValueTable(owners, relations, types, _heap(folder, f"{what}_values"), _heap(folder, f"{what}_type_names"))


def _heap(folder: Path, name: str) -> TextHeap:
    content, offsets = (_mapped(folder, f"{name}_{part}") for part in ("content", "offsets"))
    return TextHeap(np.asarray(content), np.asarray(offsets))  # mapped as before; plain arrays are quicker to slice


def _mapped(folder: Path, name: str) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        return cast(NDArray[Any], np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: unreadable ({error}); build the store again with `kgpt graph build`") from error
