"""What became of a document in curation: kept or dropped, at which step, what was changed in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from kgpt.corpus import SourcePolicy, corpus_steps
from kgpt.corpus.curating import PlacedStep, placed
from kgpt.corpus.dropping import READING, SNIPPET_CHARS, DroppedDocument, read_dropped
from kgpt.corpus.text_change import changes_of
from kgpt.errors import DataError
from kgpt.manifest import Manifest, read_manifest
from kgpt.pipeline.data_stages import DROPPED, read_documents
from kgpt.records import Document

_Steps = Sequence[PlacedStep]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """One document of a curated corpus, kept or dropped.

    Args:
        id: of the document.
        kept: whether it is in the corpus.
        passed: the steps that looked at it and let it pass, in order.
        not_concerned: the steps that do not look at documents of its source.
        step: at which it went.
        reason: why it went.
        source: where it is from.
        changes: what was changed in a kept one, by kind.
        num_links: of a kept one.
        text: how it begins.
        duplicate_of: the document that stayed in the place of a dropped one.
    """

    id: str
    kept: bool
    passed: tuple[str, ...] = ()
    not_concerned: tuple[str, ...] = ()
    step: str = ""
    reason: str = ""
    source: str = ""
    changes: Mapping[str, int] = field(default_factory=dict)
    num_links: int = 0
    text: str = ""
    duplicate_of: str = ""


def curated(folder: Path) -> Manifest:
    """The manifest of the curated corpus in `folder`.

    Raises:
        DataError: none lies there.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise DataError(f"{folder}: no curated corpus there; make one with `kgpt corpus build SOURCE --out {folder}`")
    return manifest


def dropped_documents(folder: Path, *, reason: str = "") -> Iterator[DroppedDocument]:
    """What curation dropped; with a reason only those that went for it.

    A step's name stands for all its rules, and for each place at which the step stands.

    Raises:
        DataError: no curated corpus, or one of an older kgpt that kept no list.
    """
    curated(folder)
    if not (folder / DROPPED).is_file():
        raise DataError(f"{folder}: no {DROPPED}; an older kgpt wrote this corpus: build it again to see what went")
    for one in read_dropped(folder / DROPPED):
        names = (one.reason, one.step, one.step.partition("#")[0])
        if not reason or reason in names or one.reason.startswith(f"{reason}:"):
            yield one


def fates(folder: Path, identifier: str) -> list[Fate]:
    """What became of the documents called `identifier`: one, or several where a source repeats the id.

    Raises:
        DataError: no document of that id was read, or no curated corpus lies there.
    """
    steps = _steps(curated(folder))
    kept = [_stayed(one, steps) for one in read_documents(folder) if one.id == identifier]
    gone = [_gone(one, steps) for one in dropped_documents(folder) if one.id == identifier]
    if not kept and not gone:
        raise DataError(
            f"{folder}: no document {identifier!r} was read; ids are those of {DROPPED} and documents.jsonl"
        )
    return kept + gone


def _stayed(one: Document, steps: _Steps) -> Fate:
    passed, not_concerned = _looks(steps, one.metadata.source)
    return Fate(
        id=one.id,
        kept=True,
        passed=passed,
        not_concerned=not_concerned,
        source=one.metadata.source,
        changes=changes_of(one),
        num_links=len(one.links),
        text=one.text[:SNIPPET_CHARS],
    )


def _gone(one: DroppedDocument, steps: _Steps) -> Fate:
    before = [] if one.step == READING else list(takewhile(lambda step: step.name != one.step, steps))
    passed, not_concerned = _looks(before, one.source)
    return Fate(
        id=one.id,
        kept=False,
        passed=passed,
        not_concerned=not_concerned,
        step=one.step,
        reason=one.reason,
        source=one.source,
        text=one.text,
        duplicate_of=one.duplicate_of,
    )


def _steps(manifest: Manifest) -> _Steps:
    """The steps by name, as the manifest of a corpus or of a run's stage tells them."""
    return placed([corpus_steps.build(one) for one in step_settings(manifest)])


def step_settings(manifest: Manifest) -> Sequence[Mapping[str, Any]]:
    """The settings of the steps that made a corpus, or a run's stage of documents."""
    told = manifest.config.get("corpus", manifest.config)
    found: Sequence[Mapping[str, Any]] = told.get("steps", ())
    return found


def _looks(steps: _Steps, source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of `steps` look at documents of `source`, and which do not."""
    looks = [(one.name, not isinstance(one.step, SourcePolicy) or one.step.concerns(source)) for one in steps]
    passed = tuple(name for name, is_concerned in looks if is_concerned)
    return passed, tuple(name for name, is_concerned in looks if not is_concerned)
