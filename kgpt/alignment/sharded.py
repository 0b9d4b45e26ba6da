"""Alignment of one shard, with a graph that is opened by path."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kgpt.alignment.aligner import Aligner, AlignmentSettings
from kgpt.alignment.passages import write_passages
from kgpt.engine import Counts, Shard
from kgpt.kg import worker_graph_store
from kgpt.records import AlignedPassage
from kgpt.sources.documents import parse_line

TOO_FEW = "too_few_triples"


@dataclass(frozen=True, slots=True)
class AlignShard:
    """A task for `kgpt.engine`.

    Args:
        graph: folder of the graph store.
        settings: of the aligner.
    """

    graph: Path
    settings: AlignmentSettings

    def __call__(self, shard: Shard, out: Path) -> Counts:
        """Write the passages of `shard` to `out`; gives how many there are of what, and what was dropped."""
        aligner, counts, kept = (
            Aligner(worker_graph_store(self.graph), self.settings),
            Counter[str](),
            list[AlignedPassage](),
        )
        for place, line in shard.lines():
            counts["documents"] += 1
            for passage in aligner.passages(parse_line(line, place=place)):
                if len(passage.alignments) >= self.settings.min_triples:
                    kept.append(passage)
                else:
                    counts[TOO_FEW] += 1
        counts["passages"] = write_passages(out, kept)
        counts["alignments"] = sum(len(passage.alignments) for passage in kept)
        counts["literals"] = sum(len(passage.literals) for passage in kept)
        return counts + aligner.dropped
