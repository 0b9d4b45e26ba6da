"""What a run folder holds, read for the page; a piece that a run does not have is empty or None."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import read_json, read_json_lines
from kgpt.kg import KnowledgeGraph, open_graph_store
from kgpt.manifest import Manifest, read_manifest
from kgpt.pipeline.arm import CURVE, PROBES, read_questions
from kgpt.pipeline.chain import STAGES, require_chain, stage_folder
from kgpt.pipeline.data_stages import DOCUMENTS, OVERLAP, QUALITY, QUESTIONS, RELATIONS, read_documents
from kgpt.pipeline.measuring import MAJORITY, OUTCOMES, read_outcomes
from kgpt.pipeline.results import LINKER, RESULTS
from kgpt.pipeline.run import CONFIG_NAME, load_results
from kgpt.pipeline.slices import SLICES, Slice, read_slices
from kgpt.records import Document, Outcome, Question
from kgpt.report.estimate import Estimate, Key, estimates


@dataclass(frozen=True)
class RunRecord:
    """A finished run.

    Args:
        folder: where it lies.
        results: what its `results.json` holds.
        config: what its `config.json` holds; empty where there is none.
        place: told beside its name where another run has that, too.
    """

    folder: Path
    results: Mapping[str, Any]
    config: Mapping[str, Any]
    place: str = ""

    @property
    def name(self) -> str:
        """The experiment's name, with the run's place where that is needed to tell it."""
        name = str(self.config.get("name") or self.results.get("experiment") or self.folder.name)
        return f"{name} ({self.place})" if self.place else name

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return str(self.config.get("control", "text_only"))

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """The arms in the experiment's order, then the floor."""
        found = dict.fromkeys(row["arm"] for row in self.results["results"])
        trained = [arm for arm in found if arm not in {LINKER, MAJORITY}]
        return (*trained, *([MAJORITY] if MAJORITY in found else []))

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of the trained arms."""
        rows = self.results["results"]
        return tuple(sorted({int(row["seed"]) for row in rows if row["arm"] not in {LINKER, MAJORITY}}))

    @cached_property
    def estimates(self) -> dict[Key, Estimate]:
        """Every measure of every arm."""
        return estimates(self.results["results"])

    @cached_property
    def graph(self) -> KnowledgeGraph | None:
        """The run's graph."""
        folder = self.folder / "1-graph"
        return open_graph_store(folder) if folder.is_dir() else None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions with their splits."""
        path = self.folder / "5-sequences" / QUESTIONS
        return tuple(read_questions(self.folder)) if path.is_file() else ()

    @property
    def overlap(self) -> Mapping[str, int]:
        """What the test questions share with the training data."""
        path = self.folder / "5-sequences" / OVERLAP
        return read_json(path) if path.is_file() else {}

    def documents(self, stage: str) -> tuple[Document, ...]:
        """The documents of stage `2-corpus` or `3-linked`."""
        folder = self.folder / stage
        return tuple(read_documents(folder)) if (folder / DOCUMENTS).is_file() else ()

    def curve(self, arm: str, seed: int) -> list[dict[str, Any]]:
        """The points of one training's learning curve."""
        path = self.folder / "6-arms" / arm / str(seed) / CURVE
        return [point for _, point in read_json_lines(path)] if path.is_file() else []

    def probes(self, arm: str, seed: int) -> list[dict[str, Any]]:
        """What one training's probes found."""
        path = self.folder / "6-arms" / arm / str(seed) / PROBES
        return [point for _, point in read_json_lines(path)] if path.is_file() else []

    @cached_property
    def outcomes(self) -> Mapping[tuple[str, int], Sequence[Outcome]]:
        """Every item's outcome by trained arm and seed; those without a file are left out."""
        places = {(arm, seed): self.folder / "7-results" / arm / str(seed) for arm in self.arms for seed in self.seeds}
        return {key: read_outcomes(place) for key, place in places.items() if (place / OUTCOMES).is_file()}

    @property
    def slices(self) -> Sequence[Slice]:
        """What the text is made of."""
        folder = self.folder / "5-sequences"
        return read_slices(folder) if (folder / SLICES).is_file() else ()

    @property
    def alignment_quality(self) -> Mapping[str, Any]:
        """Alignment against the corpus' own triples."""
        path = self.folder / "4-aligned" / QUALITY
        return read_json(path) if path.is_file() else {}

    @property
    def aligned_relations(self) -> Mapping[str, Mapping[str, float]]:
        """Alignments and their mean confidence by relation."""
        path = self.folder / "4-aligned" / RELATIONS
        return read_json(path) if path.is_file() else {}

    def manifests(self) -> Iterator[Manifest]:
        """The manifests of the stages in order."""
        stages = list(map(stage_folder, STAGES[:5]))
        trained = [arm for arm in self.arms if arm != MAJORITY]
        parts = [f"{room}/{arm}/{seed}" for room in ("6-arms", "7-results") for arm in trained for seed in self.seeds]
        found = (read_manifest(self.folder / place) for place in (*stages, *parts))
        return (manifest for manifest in found if manifest is not None)

    def entity_label(self, identifier: str) -> str:
        """The entity's name, or its id where the graph does not know it."""
        return self._label("entities", identifier)

    def relation_label(self, identifier: str) -> str:
        """The relation's name, or its id where the graph does not know it."""
        return self._label("relations", identifier)

    def _label(self, kind: str, identifier: str) -> str:
        if self.graph is None:
            return identifier
        names = getattr(self.graph, kind)
        number = names.ids.find(identifier)
        return identifier if number is None else str(names.label(number))


def read_runs(folders: Sequence[Path]) -> list[RunRecord]:
    """The runs in `folders`; those of one name are told apart by their folders.

    Raises:
        DataError: there are no results.
    """
    runs = [read_run(folder) for folder in folders]
    counts = Counter(run.name for run in runs)
    return [replace(run, place=str(run.folder)) if counts[run.name] > 1 else run for run in runs]


def read_run(folder: Path) -> RunRecord:
    """The run in `folder`.

    Raises:
        DataError: there are no results, or of other stages than those that lie there.
    """
    path = folder / "7-results" / RESULTS
    if not folder.is_dir():
        raise DataError(f"{folder}: no such run folder; `kgpt run CONFIG --out {folder}` makes one")
    if not path.is_file():
        raise DataError(
            f"{folder}: a run folder without results ({path.relative_to(folder)} is missing); "
            f"finish the run first: kgpt run CONFIG --out {folder}"
        )
    results = load_results(folder)
    require_chain(folder, arms={(row.get("arm"), row.get("seed")) for row in results["results"]})
    config = folder / CONFIG_NAME
    return RunRecord(folder, results, read_json(config) if config.is_file() else {})
