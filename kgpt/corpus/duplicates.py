"""Documents whose words were all seen before, in the same order, whatever the case and blanks."""

from dataclasses import dataclass
from typing import ClassVar

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.randomness import stable_hash
from kgpt.records import Document, Dropped
from kgpt.text import squeeze


@corpus_steps.register("exact_duplicates")
@dataclass(frozen=True, kw_only=True, slots=True)
class ExactDuplicates(SourceStep):
    """Drop every document whose text equals an earlier one's, case and blanks set aside."""

    remembers: ClassVar[bool] = True

    def fresh(self) -> Verdict:
        """The step, with nothing seen yet."""
        seen: set[int] = set()

        def apply(document: Document) -> Document | Dropped:
            key = stable_hash(squeeze(document.text).casefold())
            if key in seen:
                return Dropped(document.id, "exact_duplicate")
            seen.add(key)
            return document

        return apply
