"""The settings of the text, apart from those of a run: curation does not wait for the learning rooms to load."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from pydantic import Field

from kgpt.config import Settings, part_of
from kgpt.corpus import CorpusStep, corpus_steps

CorpusStepPart: TypeAlias = part_of(corpus_steps)  # type: ignore[valid-type]


class CorpusSettings(Settings):
    """The text: its sources, and the steps of curation in order."""

    sources: tuple[str, ...] = Field(min_length=1)
    steps: tuple[CorpusStepPart, ...] = ()

    def built_steps(self) -> Sequence[CorpusStep]:
        """The steps as parts."""
        return self.steps


def config_json(config: Settings) -> dict[str, Any]:
    """A config as JSON: for fingerprints and manifests."""
    return config.model_dump(mode="json")
