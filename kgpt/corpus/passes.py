"""Curation of a corpus on shards: a pass for the steps up to each that needs the whole corpus, and one from there on.

A pass reads the shards that the one before wrote, applies the decision made since, then steps that look at documents
alone, and sketches what stays for the next decision. Everything waits in the stage's folder of shards: a killed
stage goes on with the shards, decisions and passes that are missing. The output is the same whatever the shards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from kgpt.corpus.base import CorpusStep, WholeStep
from kgpt.corpus.curating import IDS, PlacedStep, Tally, placed
from kgpt.corpus.fact_loss import FactLoss, fact_loss
from kgpt.corpus.facts import facts_of, worker_graph
from kgpt.corpus.repeated_ids import REPEATED, UniqueIds
from kgpt.corpus.sharded import STAYED, CurateShard, dropped_beside, facts_beside
from kgpt.corpus.sketching import decide, sketch_beside
from kgpt.engine import Engine, Shard, counts_of, cut, run_shards


@dataclass(frozen=True, kw_only=True, slots=True)
class Curated:
    """A corpus that has gone through its steps.

    Args:
        parts: files of the documents that stay, in order.
        dropped: lists of the others, in order.
        num_out: documents that stay.
        tally: what became of all.
        facts: what became of their facts.
        figures: what the steps measured, by `STEP_NUMBER:NAME`.
        steps: all, the last being that of repeated ids.
    """

    parts: Sequence[Path]
    dropped: Sequence[Path]
    num_out: int
    tally: Tally
    facts: FactLoss
    figures: dict[str, float]
    steps: Sequence[PlacedStep]

    def as_json(self) -> dict[str, Any]:
        """What each step did, as `steps.json` holds it."""
        tally = self.tally
        rows = [
            {
                "step": one.name,
                "num_in": tally.came[one.number],
                "num_dropped": tally.went[one.number],
                "num_changed": tally.altered[one.number],
                "num_facts_lost": dict(enumerate(self.facts.lost)).get(one.number, 0),
                "figures": {
                    name.partition(":")[2]: value
                    for name, value in self.figures.items()
                    if name.startswith(f"{one.number}:")
                },
            }
            for one in self.steps
        ]
        facts = {"unit": self.facts.unit, "num_facts": self.facts.num_facts, "num_kept": self.facts.num_kept}
        return {
            "facts": facts if self.facts.num_facts else {},
            "steps": rows,
            "changed_gone": dict(sorted(tally.changed_gone.items())),
        }


def curate(
    steps: Sequence[CorpusStep], source: Path, folder: Path, *, engine: Engine, graph: Path | None = None
) -> Curated:
    """Take the documents in `source` through `steps`.

    Args:
        steps: in order.
        source: JSON Lines.
        folder: where all that waits lies; whoever calls removes it in the end.
        engine: where shards are worked on.
        graph: folder of a store: what it says is a fact.
    """
    named, end = placed(steps), PlacedStep(len(steps), IDS, UniqueIds())
    passes, work = _passes(named), _Work(engine, folder, graph, cut(source))
    for own, following in pairwise([*passes, [end]]):
        is_last = following == [end]
        work.run(own, stay=end.number if is_last else None, passed=tuple(named) if is_last else (), before=following[0])
    has_repeats = bool(work.figures.pop(f"{end.number}:{REPEATED}"))
    if has_repeats:
        work.run([end], stay=end.number + 1)
    facts = fact_loss(
        [facts_beside(path) for path in work.written],
        num_steps=end.number + has_repeats,
        unit=facts_of(worker_graph(graph)).unit,
    )
    return Curated(
        parts=work.parts,
        dropped=[dropped_beside(path) for path in work.written],
        num_out=work.num_out,
        tally=work.tally,
        facts=facts,
        figures=work.figures,
        steps=[*named, end],
    )


@dataclass
class _Work:
    """The passes done so far: what the last one wrote, what is counted."""

    engine: Engine
    folder: Path
    graph: Path | None
    shards: Sequence[Shard]
    parts: Sequence[Path] = ()
    decision: Path | None = None
    written: list[Path] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    figures: dict[str, float] = field(default_factory=dict)
    number: int = 0
    num_out: int = 0

    def run(
        self,
        steps: Sequence[PlacedStep],
        *,
        stay: int | None,
        passed: tuple[PlacedStep, ...] = (),
        before: PlacedStep | None = None,
    ) -> None:
        """One pass of `steps`, and the decision of the step `before` which it ends."""
        sketched = before.step if before is not None and isinstance(before.step, WholeStep) else None
        task = CurateShard(tuple(steps), self.decision, sketched, self.graph and self.graph.absolute(), stay, passed)
        room = self.folder / f"pass-{self.number}"
        earlier, self.parts = self.parts, run_shards(self.engine, task, self.shards, room, what="corpus")
        for path in earlier:  # what was dropped of it, and its facts, stay
            path.unlink(missing_ok=True)
            sketch_beside(path).unlink(missing_ok=True)
        counts = counts_of(room)
        self.num_out = counts[STAYED]
        self.tally.add(Tally.of_counts(counts))
        self.written += self.parts
        self.shards = [Shard(number, path, 0, _size(path)) for number, path in enumerate(self.parts)]
        if before is not None and sketched is not None:
            self.decision = self.folder / f"decision-{self.number}"
            told = decide(sketched, [sketch_beside(path) for path in self.parts], self.decision)
            self.figures |= {f"{before.number}:{name}": value for name, value in told.items()}
        self.number += 1


def _passes(steps: Sequence[PlacedStep]) -> list[list[PlacedStep]]:
    """The steps of each pass: a step that needs the whole corpus begins one."""
    found: list[list[PlacedStep]] = [[]]
    for one in steps:
        if isinstance(one.step, WholeStep):
            found.append([])
        found[-1].append(one)
    return found


def _size(path: Path) -> int:
    """Bytes of a part; none where a killed run was past it."""
    return path.stat().st_size if path.exists() else 0
