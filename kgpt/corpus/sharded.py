"""Curation of one shard: the steps that look at each document alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kgpt.corpus.base import CorpusStep
from kgpt.corpus.curating import Curation
from kgpt.corpus.dropping import dropped_file
from kgpt.engine import Counts, Shard
from kgpt.records import Document
from kgpt.sources.documents import parse_line, write_documents


@dataclass(frozen=True, slots=True)
class CurateShard:
    """A task for `kgpt.engine`.

    Args:
        steps: none of which remembers documents.
    """

    steps: tuple[CorpusStep, ...]

    def __call__(self, shard: Shard, out: Path) -> Counts:
        """Write the documents of `shard` that pass the steps to `out`, a list of the others beside it.

        Gives what was dropped, by reason.
        """
        with dropped_file(dropped_beside(out)) as tell:
            curation = Curation(self.steps, tell)
            write_documents(out, curation.documents(read_shard(shard), unique_ids=False))
        return curation.dropped


def dropped_beside(path: Path) -> Path:
    """Where the documents are listed that are not in `path`."""
    return path.with_suffix(".dropped")


def read_shard(shard: Shard) -> Iterator[Document]:
    """The documents of a shard."""
    return (parse_line(line, place=place) for place, line in shard.lines())
