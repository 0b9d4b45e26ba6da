"""Documents through the steps of curation, what goes counted by reason and told to whoever keeps a list."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kgpt.corpus.base import CorpusStep, Verdict, WholeStep, corpus_steps
from kgpt.corpus.dropping import READING, DroppedDocument, as_dropped
from kgpt.corpus.fact_loss import FactLog
from kgpt.corpus.text_change import changes_of
from kgpt.records import Document, Dropped

IDS = "ids"
"""The step at which a second document with one id goes."""


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step at its place among the others."""

    number: int
    name: str
    step: CorpusStep


@dataclass(frozen=True, slots=True)
class PlacedVerdict:
    """What a step says of each document."""

    number: int
    name: str
    verdict: Verdict


@dataclass(slots=True)
class Tally:
    """What became of documents, in all and by step.

    Args:
        dropped: by reason.
        changed: what the steps changed in the documents that stay, by kind.
        changed_gone: the same in those that went at a later step.
        came: documents that came to each step, by its number.
        went: documents that went at each step.
        altered: documents that each step gave back otherwise than they came.
    """

    dropped: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    changed_gone: Counter[str] = field(default_factory=Counter)
    came: Counter[int] = field(default_factory=Counter)
    went: Counter[int] = field(default_factory=Counter)
    altered: Counter[int] = field(default_factory=Counter)

    def as_counts(self) -> dict[str, int]:
        """One flat mapping, which adds up over shards."""
        groups: Mapping[str, Mapping[object, int]] = {name: getattr(self, name) for name in self.__slots__}
        return {f"{name}:{key}": count for name, counts in groups.items() for key, count in counts.items()}

    def add(self, later: "Tally") -> None:
        """Add what a later pass counted; what was changed in the documents that stay is told by the last one."""
        self.changed = later.changed
        for name in ("dropped", "changed_gone", "came", "went", "altered"):
            getattr(self, name).update(getattr(later, name))

    @classmethod
    def of_counts(cls, counts: Mapping[str, int]) -> "Tally":
        """The tally that `as_counts` told."""
        tally = cls()
        for name, count in counts.items():
            group, _, key = name.partition(":")
            if group in cls.__slots__:
                getattr(tally, group)[int(key) if group in ("came", "went", "altered") else key] += count
        return tally


def judge(
    documents: Iterable[Document | Dropped],
    verdicts: Sequence[PlacedVerdict],
    *,
    tally: Tally,
    tell: Callable[[DroppedDocument], object],
    facts: FactLog | None = None,
) -> Iterator[Document]:
    """The documents that every verdict lets pass; the others are counted and told."""
    for item in documents:
        judged = _judged(item, verdicts, tally, facts)
        if isinstance(judged, Document):
            yield judged
        else:
            tally.dropped[judged.reason] += 1
            tell(judged)


def _judged(
    item: Document | Dropped, verdicts: Sequence[PlacedVerdict], tally: Tally, facts: FactLog | None
) -> Document | DroppedDocument:
    """`item` after every verdict, or what the list of dropped documents says of it."""
    if isinstance(item, Dropped):
        return DroppedDocument(id=item.id, reason=item.reason, step=READING)
    for one in verdicts:
        tally.came[one.number] += 1
        found = one.verdict(item)
        if found is item:
            continue
        if facts is not None and (isinstance(found, Dropped) or _lost_links(item, found)):
            facts.note(item, one.number)
        if isinstance(found, Dropped):
            tally.went[one.number] += 1
            tally.changed_gone.update(changes_of(item))
            return as_dropped(found, step=one.name, document=item)
        tally.altered[one.number] += found != item
        item = found
    return item


def _lost_links(before: Document, after: Document) -> bool:
    return [link.entity for link in before.links] != [link.entity for link in after.links]


def placed(steps: Sequence[CorpusStep]) -> list[PlacedStep]:
    """`steps` with their numbers and names; a step that stands there again is called `NAME#2`."""
    found = list[PlacedStep]()
    seen = Counter[str]()
    for number, step in enumerate(steps):
        name = corpus_steps.name_of(step)
        seen[name] += 1
        found.append(PlacedStep(number, name if seen[name] == 1 else f"{name}#{seen[name]}", step))
    return found


@dataclass
class Curation:
    """One corpus on its way through the steps, in this process; the counts grow as `documents` is read.

    A step that needs the whole corpus (`WholeStep`) gathers it in memory; `kgpt.corpus.passes` does not.

    Args:
        steps: in order.
        tell: called with every document that goes.
    """

    steps: Sequence[CorpusStep]
    tell: Callable[[DroppedDocument], object] = bool
    num_in: int = 0
    num_out: int = 0
    tally: Tally = field(default_factory=Tally)

    @property
    def dropped(self) -> Counter[str]:
        """Documents that went, by reason."""
        return self.tally.dropped

    @property
    def changed(self) -> Counter[str]:
        """What was changed in the documents that stay, by kind."""
        return self.tally.changed

    def documents(self, source: Iterable[Document | Dropped], *, unique_ids: bool = True) -> Iterator[Document]:
        """The documents that pass every step; a second document with one id goes as `repeated_id`, if asked to."""
        stream: Iterable[Document | Dropped] = self._counted(source)
        for one in placed(self.steps):
            stream = self._through(stream, one)
        if unique_ids:
            stream = self._judged(stream, PlacedVerdict(len(self.steps), IDS, _unique_ids()))
        for document in self._judged(stream):
            self.num_out += 1
            self.changed.update(changes_of(document))
            yield document

    def _counted(self, source: Iterable[Document | Dropped]) -> Iterator[Document | Dropped]:
        for item in source:
            self.num_in += 1
            yield item

    def _through(self, stream: Iterable[Document | Dropped], one: PlacedStep) -> Iterator[Document]:
        if not isinstance(one.step, WholeStep):
            yield from self._judged(stream, PlacedVerdict(one.number, one.name, one.step.begin()))
            return
        gathered = list(self._judged(stream))
        concerned = [document for document in gathered if one.step.concerns(document.metadata.source)]
        decision = one.step.decide(one.step.sketch(concerned, None))
        yield from self._judged(gathered, PlacedVerdict(one.number, one.name, one.step.ruled(decision, start=0)))

    def _judged(self, stream: Iterable[Document | Dropped], *verdicts: PlacedVerdict) -> Iterator[Document]:
        return judge(stream, verdicts, tally=self.tally, tell=self.tell)


def _unique_ids() -> Verdict:
    """Lets one document of each id pass."""
    ids = set[str]()

    def apply(document: Document) -> Document | Dropped:
        if document.id in ids:
            return Dropped(document.id, "repeated_id")
        ids.add(document.id)
        return document

    return apply
