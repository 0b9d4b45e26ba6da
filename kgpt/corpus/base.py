"""What a curation step is: settings in a frozen class, and a run over one corpus that may remember what it saw."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from kgpt.records import VERBALIZED, Document, Dropped
from kgpt.registry import Registry

Verdict = Callable[[Document], Document | Dropped]
"""Takes one document; gives it back, perhaps changed, or says why it goes."""


class CorpusStep(Protocol):
    """One step of curation."""

    remembers: ClassVar[bool]
    """Whether what becomes of a document depends on those before it: then the step runs in one process."""

    def begin(self) -> Verdict:
        """A fresh run of the step over one corpus."""


corpus_steps: Registry[CorpusStep] = Registry("corpus step")


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceStep(ABC):
    """A step that looks at the documents of some sources only; the others pass as they are.

    Args:
        sources: whose documents the step looks at; empty are all.
        except_sources: whose documents pass as they are.
    """

    sources: tuple[str, ...] = ()
    except_sources: tuple[str, ...] = ()

    remembers: ClassVar[bool] = False

    @abstractmethod
    def fresh(self) -> Verdict:
        """A fresh run over the documents that the step looks at."""

    def begin(self) -> Verdict:
        """A fresh run over one corpus."""
        verdict = self.fresh()
        if not (self.sources or self.except_sources):
            return verdict
        return lambda document: verdict(document) if self.concerns(document.metadata.source) else document

    def concerns(self, source: str) -> bool:
        """Whether the step looks at the documents of `source`."""
        return source not in self.except_sources and (not self.sources or source in self.sources)

    def files(self) -> Sequence[Path]:
        """The user's files that the step reads: what they hold decides what stays."""
        return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityFilter(SourceStep, ABC):
    """Rules for prose; a document goes with the first rule it breaks as its reason: `STEP:RULE`.

    Verbalised triples are no prose (Gopher's rules drop every one), so they pass unless a config says otherwise.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)

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
    return [path for step in steps if isinstance(step, SourceStep) for path in step.files()]
