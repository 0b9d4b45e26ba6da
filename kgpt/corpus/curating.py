"""Documents through the steps of curation, what goes counted by reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kgpt.corpus.base import CorpusStep
from kgpt.records import Document, Dropped


@dataclass
class Curation:
    """One corpus on its way through the steps; the counts grow as `documents` is read."""

    steps: Sequence[CorpusStep]
    num_in: int = 0
    num_out: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def documents(self, source: Iterable[Document | Dropped], *, unique_ids: bool = True) -> Iterator[Document]:
        """The documents that pass every step; a second document with one id goes as `repeated_id`, if asked to."""
        verdicts, ids = [step.begin() for step in self.steps], set[str]()
        for item in source:
            self.num_in += 1
            for verdict in verdicts:
                if isinstance(item, Document):
                    item = verdict(item)  # noqa: PLW2901 - a document changes from step to step
            if unique_ids and isinstance(item, Document) and item.id in ids:
                item = Dropped(item.id, "repeated_id")  # noqa: PLW2901
            if isinstance(item, Dropped):
                self.dropped[item.reason] += 1
                continue
            ids.add(item.id)
            self.num_out += 1
            yield item


def corpus_slices(documents: Iterable[Document]) -> dict[str, dict[str, int]]:
    """Documents by source, licence and language."""
    slices: dict[str, Counter[str]] = {"source": Counter(), "license": Counter(), "language": Counter()}
    for document in documents:
        for name, counts in slices.items():
            counts[getattr(document.metadata, name) or "unknown"] += 1
    return {name: dict(counts) for name, counts in slices.items()}
