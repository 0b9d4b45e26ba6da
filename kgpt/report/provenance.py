"""What went in: sources and slices with their licences, and what each arm reads in which shares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgpt.pipeline.config import TOLD_KNOWLEDGE
from kgpt.pipeline.slices import Slice
from kgpt.report.run_record import RunRecord

_WEIGHT = "_weight"


@dataclass(frozen=True, slots=True)
class MixtureRow:
    """What one arm reads."""

    arm: str
    recipe: str
    streams: str
    knowledge: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The part of a section about provenance: sources by kind, slices of the text, the arms' mixtures."""

    sources: Sequence[tuple[str, str]]
    slices: Sequence[Slice]
    mixtures: Sequence[MixtureRow]


def provenance(run: RunRecord) -> Provenance | None:
    """What config and manifests say; None where they say nothing."""
    found = Provenance(list(_sources(run)), run.slices, list(_mixtures(run)))
    return found if found.sources or found.slices or found.mixtures else None


def _sources(run: RunRecord) -> Iterator[tuple[str, str]]:
    for name in ("graph", "corpus", "questions"):
        if sources := run.config.get(name, {}).get("sources"):
            yield name, ", ".join(map(str, sources))
    if checkpoint := run.config.get("backbone", {}).get("checkpoint"):
        yield "checkpoint", str(checkpoint)


def _mixtures(run: RunRecord) -> Iterator[MixtureRow]:
    for arm, settings in run.config.get("arms", {}).items():
        recipe = settings.get("recipe", {})
        if isinstance(recipe, Mapping):
            shares = (settings.get("mixture") or run.config.get("mixture") or {}).get("shares", {})
            knowledge = _knowledge(str(recipe.get("type", "")), settings)
            told = f"control: {knowledge}" if arm == run.control else knowledge
            yield MixtureRow(arm, str(recipe.get("type", "")), _streams(recipe, shares), told)


def _streams(recipe: Mapping[str, Any], shares: Mapping[str, float]) -> str:
    """The weights of the recipe's streams, those of the mixture before them."""
    weights = {name.removesuffix(_WEIGHT): value for name, value in recipe.items() if name.endswith(_WEIGHT)}
    return ", ".join(f"{name} {value:g}" for name, value in (weights | dict(shares)).items() if value)


def _knowledge(recipe: str, settings: Mapping[str, Any]) -> str:
    """What an arm was told of the graph."""
    knowledge = str(settings.get("knowledge", "true"))
    return "text alone" if recipe == "text_only" and knowledge == "true" else TOLD_KNOWLEDGE.get(knowledge, knowledge)
