"""What a curation step is: settings in a frozen class, and a run over one corpus.

Some steps look at each document alone (`SourceStep`). The others need all of them (`WholeStep`): each document is
sketched, one decision is made over all sketches, and then applied to each.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Protocol

from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import VERBALIZED, Document, Dropped, Metadata
from kgpt.registry import Registry

Verdict = Callable[[Document], Document | Dropped]
"""Takes one document; gives it back, perhaps changed, or says why it goes."""
Rule = Callable[[Document, int], Document | Dropped]
"""A verdict that knows the document's row in the arrays of a decision."""
Arrays = Mapping[str, NDArray[Any]]
UNKNOWN = "unknown"
"""What is said where a document says nothing, say its source."""
MARKED = "marked"
"""The field of `Metadata.extra` that says why a document would have gone."""


def marked(document: Document, reason: str) -> Document:
    """`document` with one more reason for which a step that marks would have dropped it."""
    extra = {**document.metadata.extra, MARKED: [*marks_of(document.metadata), reason]}
    return replace(document, metadata=replace(document.metadata, extra=extra))


def marks_of(metadata: Metadata) -> list[str]:
    """The reasons for which steps that mark would have dropped a document, in their order."""
    told = metadata.extra.get(MARKED)
    return list(map(str, told)) if isinstance(told, list) else []


class AloneStep(Protocol):
    """A step that looks at each document alone."""

    def begin(self) -> Verdict:
        """A fresh run of the step over one corpus."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourcePolicy:
    """Whose documents a step looks at; the others pass as they are.

    Args:
        sources: whose documents the step looks at; empty are all; `unknown` are those that name no source.
        except_sources: whose documents pass as they are.
        marks: whether what the step would drop stays, the reason in its metadata, as Dolma's taggers do (Soldaini et
            al., 2024): so that `slice_by` tells it apart, and a run weighs it or leaves it out.
    """

    sources: tuple[str, ...] = ()
    except_sources: tuple[str, ...] = ()
    marks: bool = False

    def concerns(self, source: str) -> bool:
        """Whether the step looks at the documents of `source`; those that name none are of `unknown`."""
        source = source or UNKNOWN
        return source not in self.except_sources and (not self.sources or source in self.sources)

    def policed(self, verdict: Verdict) -> Verdict:
        """A verdict that leaves the other sources' documents as they are and marks instead of dropping, if asked to."""
        if not (self.sources or self.except_sources or self.marks):
            return verdict

        def apply(document: Document) -> Document | Dropped:
            if not self.concerns(document.metadata.source):
                return document
            found = verdict(document)
            return marked(document, found.reason) if self.marks and isinstance(found, Dropped) else found

        return apply

    def rules(self) -> Sequence[str]:
        """What a document may go for, for who asks what never fired; none where there is but one reason."""
        return ()

    def files(self) -> Sequence[Path]:
        """The user's files that the step reads: what they hold decides what stays.

        A step that has any is begun once in a process, not for every shard, and remembers no document.
        """
        return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceStep(SourcePolicy, ABC):
    """A step that looks at each document alone."""

    @abstractmethod
    def fresh(self) -> Verdict:
        """A fresh run over the documents that the step looks at."""

    def begin(self) -> Verdict:
        """A fresh run over one corpus."""
        return self.policed(self.fresh())


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeStep(SourcePolicy, ABC):
    """A step that decides about a document by what all of them hold.

    Documents that it does not look at are neither sketched nor ruled on.
    """

    @abstractmethod
    def sketch(self, documents: Sequence[Document], graph: KnowledgeGraph | None, /) -> Arrays:
        """What the decision needs to know of `documents`; a graph says which facts there are.

        Sketches of several shards are joined array by array, so what belongs to a document stands in as many rows as it
        has of it, with an array of their numbers beside.
        """

    @abstractmethod
    def decide(self, sketches: Arrays) -> Arrays:
        """The decision over all documents, from their sketches in the order of the corpus."""

    @abstractmethod
    def rule(self, decision: Arrays) -> Rule:
        """What becomes of each document by `decision`."""

    def ruled(self, decision: Arrays, *, start: int) -> Verdict:
        """The verdict on documents in a row, the first of those looked at being that of row `start`."""
        rule, rows = self.rule(decision), count(start)
        return self.policed(lambda document: rule(document, next(rows)))


CorpusStep = AloneStep | WholeStep
corpus_steps: Registry[CorpusStep] = Registry("corpus step")


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityFilter(SourceStep, ABC):
    """Rules for prose; a document goes with the first rule it breaks as its reason: `STEP:RULE`.

    Verbalised triples are no prose (Gopher's rules drop every one), so they pass unless a config says otherwise.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)

    RULES: ClassVar[tuple[str, ...]] = ()
    """What `broken_rule` may give."""

    def rules(self) -> Sequence[str]:
        """Its rules."""
        return self.RULES

    @abstractmethod
    def broken_rule(self, document: Document) -> str | None:
        """The first rule that `document` breaks, or None where it stays."""

    def fresh(self) -> Verdict:
        """The rules, which remember nothing."""
        name = corpus_steps.name_of(self)

        def apply(document: Document) -> Document | Dropped:
            rule = self.broken_rule(document)
            return document if rule is None else Dropped(document.id, f"{name}:{rule}")

        return apply


def step_files(steps: Sequence[CorpusStep]) -> list[Path]:
    """The user's files that any of `steps` reads."""
    return [path for step in steps if isinstance(step, SourcePolicy) for path in step.files()]
