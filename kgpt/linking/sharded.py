"""Linking of one shard, with a graph and an index that are opened by path."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kgpt.engine import Counts, Shard
from kgpt.kg import KnowledgeGraph, worker_graph_store
from kgpt.linking.linker import Linker, LinkingSettings
from kgpt.sources.documents import parse_line, write_documents


@dataclass(frozen=True, slots=True)
class LinkShard:
    """A task for `kgpt.engine`.

    Args:
        graph: folder of the graph store.
        index: folder that `Linker.write` filled.
        settings: of the linker, its weights included.
    """

    graph: Path
    index: Path
    settings: LinkingSettings

    def __call__(self, shard: Shard, out: Path) -> Counts:
        """Write the documents of `shard`, linked, to `out`; gives the number of documents and links."""
        linker = _linker(worker_graph_store(self.graph), self.index, self.settings.model_dump_json())
        linked = [linker.link(parse_line(line, place=place)) for place, line in shard.lines()]
        return {"documents": write_documents(out, linked), "links": sum(len(one.links) for one in linked)}


@lru_cache(maxsize=1)
def _linker(graph: KnowledgeGraph, index: Path, settings: str) -> Linker:
    """A worker's linker, opened once."""
    return Linker.open(graph, index, LinkingSettings.model_validate_json(settings))
