"""Curation of one shard: a decision applied, steps that look at each document alone, sketches for the next decision."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from kgpt.corpus.base import AloneStep, SourcePolicy, Verdict, WholeStep, corpus_steps
from kgpt.corpus.curating import PlacedStep, PlacedVerdict, Tally, judge
from kgpt.corpus.dropping import dropped_file
from kgpt.corpus.fact_loss import FactLog
from kgpt.corpus.facts import facts_of, worker_graph
from kgpt.corpus.sketching import open_decision, sketch_beside, write_sketch
from kgpt.corpus.text_change import changes_of
from kgpt.engine import Counts, Shard
from kgpt.io import Stamp, file_stamp, json_bytes
from kgpt.records import Document
from kgpt.sources.documents import parse_line, write_documents

STEPS = "steps"
"""The field of `Metadata.extra` that names the steps which looked at a document and let it stay."""
STAYED = "stayed"
"""In the counts of a shard: the documents that it writes."""


@dataclass(frozen=True, slots=True)
class CurateShard:
    """A task for `kgpt.engine`: one pass of curation.

    Args:
        steps: of the pass; the first may need the whole corpus, and then has its decision.
        decision: the folder that holds it.
        sketched: the step whose sketches are made of what stays.
        graph: folder of the store that says which facts there are.
        stay: the number of the end, where this is the last pass: what the documents carry there is no loss.
        passed: all steps, whose names the documents' metadata keep at the last pass.
    """

    steps: tuple[PlacedStep, ...]
    decision: Path | None = None
    sketched: WholeStep | None = None
    graph: Path | None = None
    stay: int | None = None
    passed: tuple[PlacedStep, ...] = ()

    def __call__(self, shard: Shard, out: Path) -> Counts:
        """Write the documents of `shard` that pass the steps to `out`; the others, facts and sketches beside it.

        Gives a tally as counts.
        """
        graph, tally = worker_graph(self.graph), Tally()
        facts = FactLog(facts_of(graph))
        with dropped_file(dropped_beside(out)) as tell:
            verdicts = self._verdicts(shard)
            stay = list(judge(read_shard(shard), verdicts, tally=tally, tell=tell, facts=facts))
        if self.stay is not None:
            stay = [self._finished(document, facts, tally) for document in stay]
        if self.sketched is not None:
            concerned = [one for one in stay if self.sketched.concerns(one.metadata.source)]
            write_sketch(sketch_beside(out), self.sketched.sketch(concerned, graph), num_documents=len(concerned))
        facts.write(facts_beside(out))
        return tally.as_counts() | {STAYED: write_documents(out, stay)}

    def _verdicts(self, shard: Shard) -> list[PlacedVerdict]:
        found = []
        for one in self.steps:
            if isinstance(one.step, WholeStep):
                assert self.decision is not None
                decision, start = open_decision(self.decision, shard=shard.number)
                verdict = one.step.ruled(decision, start=start)
            else:
                verdict = worker_verdict(one.step)
            found.append(PlacedVerdict(one.number, one.name, verdict))
        return found

    def _finished(self, document: Document, facts: FactLog, tally: Tally) -> Document:
        assert self.stay is not None
        facts.note(document, self.stay)
        tally.changed.update(changes_of(document))
        source = document.metadata.source
        names = [one.name for one in self.passed if not isinstance(one.step, SourcePolicy) or one.step.concerns(source)]
        if not names:
            return document
        told = document.metadata.extra.get(STEPS)
        extra = {**document.metadata.extra, STEPS: [*(told if isinstance(told, list) else ()), *names]}
        return replace(document, metadata=replace(document.metadata, extra=extra))


def worker_verdict(step: AloneStep) -> Verdict:
    """A run of `step` over one shard; what it reads from files is read once in a process, while they are the same."""
    files = step.files() if isinstance(step, SourcePolicy) else ()
    if not files:
        return step.begin()
    return _begun(json_bytes(corpus_steps.settings(step)), tuple(map(file_stamp, files)))


@lru_cache(maxsize=8)
def _begun(settings: bytes, _stamps: tuple[Stamp, ...]) -> Verdict:
    step = corpus_steps.build(json.loads(settings))
    assert not isinstance(step, WholeStep)
    return step.begin()


def dropped_beside(path: Path) -> Path:
    """Where the documents are listed that are not in `path`."""
    return path.with_suffix(".dropped")


def facts_beside(path: Path) -> Path:
    """Where the facts of documents that went, or lost links, before `path` was written are noted."""
    return path.with_suffix(".facts")


def read_shard(shard: Shard) -> Iterator[Document]:
    """The documents of a shard."""
    return (parse_line(line, place=place) for place, line in shard.lines())
