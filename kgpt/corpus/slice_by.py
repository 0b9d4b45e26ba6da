"""Documents told apart by what curation knows of them, so that a run mixes them by it."""

from dataclasses import dataclass, replace
from typing import Literal

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.slices import SLICE, slice_of
from kgpt.records import Document


@corpus_steps.register("slice_by")
@dataclass(frozen=True, kw_only=True, slots=True)
class SliceBy(SourceStep):
    """Call the slice of each document by a field, for the `mixture` of a run, which else goes by their sources.

    Args:
        field: `source`, `license`, `language`, `year`, `domain`, `quality` (a fifth of the probabilities), `cluster`
            (how many documents it stands for), `steps`, or `marked` (the first reason for which a step with `marks`
            would have dropped it, else `unmarked`); a document of which it is not known is in `unknown`.
    """

    field: Literal["source", "license", "language", "year", "domain", "quality", "cluster", "steps", "marked"] = (
        "domain"
    )

    def fresh(self) -> Verdict:
        """The step, which remembers nothing."""
        return self._apply

    def _apply(self, document: Document) -> Document:
        extra = {**document.metadata.extra, SLICE: slice_of(document.metadata, self.field)}
        return replace(document, metadata=replace(document.metadata, extra=extra))
