"""What a curation step is: settings in a frozen class, and a run over one corpus that may remember what it saw."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from kgpt.records import Document, Dropped
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
