"""Which facts the corpus lost at which step: those that some document carried before it, and none after it.

Every document leaves a note when it goes, when it loses links and when it stays at the end: its facts, and the step.
The last step at which any document carried a fact is where the fact was lost. Memory: 16 bytes for each different fact
of a shard, then of `_PART_ROWS` notes of all shards at a time.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.atomic import atomic_file
from kgpt.corpus.facts import Entities, Facts, linked_entities
from kgpt.records import Document

_PART_ROWS = 1 << 24
Notes = NDArray[np.uint64]
"""Facts and the last step that each of them was seen at, [2, n]."""


@dataclass
class FactLog:
    """What the documents of one shard carried.

    Args:
        facts: what counts as one.
    """

    facts: Facts
    entities: list[Entities] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def note(self, document: Document, step: int) -> None:
        """`document` came as far as `step` as it is."""
        if document.links and (entities := linked_entities(document)):
            self.entities.append(entities)
            self.steps.append(step)

    def notes(self) -> Notes:
        """The last step of each fact."""
        if not self.steps:
            return np.zeros((2, 0), np.uint64)
        facts, lengths = self.facts.of(self.entities)
        return _last(np.stack([facts, np.repeat(np.array(self.steps, np.uint64), lengths)]))

    def write(self, path: Path) -> None:
        """Keep the notes in `path`."""
        with atomic_file(path) as file:
            np.save(file, self.notes(), allow_pickle=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class FactLoss:
    """What became of the facts of a corpus.

    Args:
        unit: `triples` of a graph, or linked `entities`.
        num_facts: different ones that the documents carried when they were read.
        num_kept: of them, those that a document carries at the end.
        lost: how many were lost, by the number of the step.
    """

    unit: str
    num_facts: int
    num_kept: int
    lost: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """As `steps.json` holds it."""
        return asdict(self)


def fact_loss(paths: Sequence[Path], *, num_steps: int, unit: str) -> FactLoss:
    """The facts lost at each of `num_steps` steps, from the notes of all shards."""
    counts = np.zeros(num_steps + 1, np.int64)
    num_parts = 1 + sum(np.load(path, mmap_mode="r").shape[1] for path in paths) // _PART_ROWS
    for part in range(num_parts):  # no file stays open, since there may be more shards than may be
        notes = map(np.load, paths)
        told = np.concatenate([one[:, one[0] % np.uint64(num_parts) == part] for one in notes], axis=1)
        counts += np.bincount(_last(told)[1].astype(np.int64), minlength=num_steps + 1)
    lost = tuple(map(int, counts[:-1]))
    return FactLoss(unit=unit, num_facts=int(counts.sum()), num_kept=int(counts[-1]), lost=lost)


def _last(notes: Notes) -> Notes:
    """Each fact once, with the last of its steps."""
    notes = notes[:, np.lexsort((notes[1], notes[0]))]
    return notes[:, np.append(notes[0, 1:] != notes[0, :-1], True)] if notes.shape[1] else notes
