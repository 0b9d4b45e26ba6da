"""Documents too short or too long to learn from."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.records import VERBALIZED, Document, Dropped


@corpus_steps.register("length")
@dataclass(frozen=True, kw_only=True, slots=True)
class LengthFilter(SourceStep):
    """Drop documents outside `[min_words, max_words)` (Rae et al., 2021, table A1 has 50 and 100,000).

    Verbalised triples, which are short, pass unless a config says otherwise.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)
    min_words: Annotated[int, Field(ge=0)] = 5
    max_words: Annotated[int, Field(ge=1)] = 100_000

    def __post_init__(self) -> None:
        if self.min_words >= self.max_words:
            raise ValueError(f"min_words {self.min_words} and max_words {self.max_words} leave no document")

    def fresh(self) -> Verdict:
        """The step, which remembers nothing."""
        return self._apply

    def _apply(self, document: Document) -> Document | Dropped:
        num_words = len(document.text.split())
        if num_words < self.min_words:
            return Dropped(document.id, "too_short")
        return Dropped(document.id, "too_long") if num_words >= self.max_words else document
