"""A share of the documents, picked by a hash of their ids."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.randomness import stable_fraction
from kgpt.records import Document, Dropped


@corpus_steps.register("sample")
@dataclass(frozen=True, kw_only=True, slots=True)
class Sample(SourceStep):
    """Keep a share of the documents; the same ones whatever their order or the number of processes.

    Args:
        frac: the share.
        seed: another seed, other documents.
    """

    frac: Annotated[float, Field(gt=0, le=1)] = 0.5
    seed: int = 0

    def fresh(self) -> Verdict:
        """The step, which remembers nothing."""
        return self._apply

    def _apply(self, document: Document) -> Document | Dropped:
        is_in = stable_fraction("sample", document.id, self.seed) < self.frac
        return document if is_in else Dropped(document.id, "not_in_sample")
