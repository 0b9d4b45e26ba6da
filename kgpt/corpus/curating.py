"""Documents through the steps of curation, what goes counted by reason and told to whoever keeps a list."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kgpt.corpus.base import CorpusStep, Verdict, corpus_steps
from kgpt.corpus.dropping import READING, DroppedDocument, as_dropped
from kgpt.corpus.text_change import changes_of
from kgpt.records import Document, Dropped

IDS = "ids"
"""The step at which a second document with one id goes."""


@dataclass
class Curation:
    """One corpus on its way through the steps; the counts grow as `documents` is read.

    Args:
        steps: in order.
        tell: called with every document that goes.
        changed: what the steps changed in the documents that stay, by kind.
    """

    steps: Sequence[CorpusStep]
    tell: Callable[[DroppedDocument], object] = bool
    num_in: int = 0
    num_out: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    def documents(self, source: Iterable[Document | Dropped], *, unique_ids: bool = True) -> Iterator[Document]:
        """The documents that pass every step; a second document with one id goes as `repeated_id`, if asked to."""
        verdicts = [(corpus_steps.name_of(step), step.begin()) for step in self.steps]
        ids = set[str]()
        if unique_ids:
            verdicts.append((IDS, lambda one: Dropped(one.id, "repeated_id") if one.id in ids else one))
        for item in source:
            self.num_in += 1
            judged = _judged(item, verdicts)
            if isinstance(judged, DroppedDocument):
                self.dropped[judged.reason] += 1
                self.tell(judged)
                continue
            if unique_ids:
                ids.add(judged.id)
            self.num_out += 1
            self.changed.update(changes_of(judged))
            yield judged


def _judged(item: Document | Dropped, verdicts: Sequence[tuple[str, Verdict]]) -> Document | DroppedDocument:
    """`item` after every step, or what the list of dropped documents says of it."""
    if isinstance(item, Dropped):
        return DroppedDocument(id=item.id, reason=item.reason, step=READING)
    for step, verdict in verdicts:
        found = verdict(item)
        if isinstance(found, Dropped):
            return as_dropped(found, step=step, document=item)
        item = found
    return item


def corpus_slices(documents: Iterable[Document]) -> dict[str, dict[str, int]]:
    """Documents by source, licence and language."""
    slices: dict[str, Counter[str]] = {"source": Counter(), "license": Counter(), "language": Counter()}
    for document in documents:
        for name, counts in slices.items():
            counts[getattr(document.metadata, name) or "unknown"] += 1
    return {name: dict(counts) for name, counts in slices.items()}
