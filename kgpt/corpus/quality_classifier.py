"""Documents that a fitted model calls good."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.quality_model import load_quality_model
from kgpt.records import VERBALIZED, Document, Dropped

QUALITY = "quality"
"""The field of `Metadata.extra` that keeps the probability of a document that stays."""


@corpus_steps.register("quality_classifier")
@dataclass(frozen=True, kw_only=True, slots=True)
class QualityClassifier(SourceStep):
    """Keep documents that a logistic model of labelled texts calls good (ours; after Brown et al., 2020, appendix A).

    `kgpt corpus fit-quality` makes the model, of hashed words and what the rules of Gopher and FineWeb count.

    Args:
        model: its file.
        min_probability: a document that is good with less goes as `quality_classifier:low`; others keep it.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)
    model: str
    min_probability: Annotated[float, Field(ge=0, le=1)] = 0.5

    def files(self) -> Sequence[Path]:
        """The model."""
        return [Path(self.model)]

    def fresh(self) -> Verdict:
        """The step, with its model read.

        Raises:
            DataError: no such file, or no quality model.
        """
        model = load_quality_model(Path(self.model))

        def apply(document: Document) -> Document | Dropped:
            probability = model.probability(document.text)
            if probability < self.min_probability:
                return Dropped(document.id, "quality_classifier:low")
            extra = {**document.metadata.extra, QUALITY: round(probability, 3)}
            return replace(document, metadata=replace(document.metadata, extra=extra))

        return apply
