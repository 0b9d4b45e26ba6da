"""Steps of curation as blocks of a datatrove pipeline, so that its executors (local, Slurm) run them.

    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from kgpt.corpus.datatrove import StepBlock, document_adapter

    LocalPipelineExecutor(
        [JsonlReader("in"), StepBlock("gopher_quality"), JsonlWriter("out", adapter=document_adapter)], tasks=8
    ).run()

A step that needs the whole corpus takes three pipelines, as datatrove's own MinHash does: `SketchBlock` in every task,
`DecideBlock` in one, `RuleBlock` in every task again, over the same files in the same order. Links and triples travel
in the metadata of datatrove's documents, under their names.

datatrove is no dependency of kgpt: it wants an older xxhash (`pip install datatrove 'xxhash<4'`, which serves kgpt,
too). Nothing but this file imports it.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from kgpt.corpus.base import AloneStep, Verdict, WholeStep, corpus_steps
from kgpt.corpus.dropping import as_dropped, dropped_file
from kgpt.corpus.sketching import decide, num_documents_of, open_decision, sketch_beside, write_sketch
from kgpt.errors import ConfigError, DataError
from kgpt.records import Document, Dropped
from kgpt.sources.documents import document_json, parse_document

try:
    from datatrove.data import Document as TheirDocument  # type: ignore[import-not-found,unused-ignore]
    from datatrove.pipeline.base import PipelineStep  # type: ignore[import-not-found,unused-ignore]
except ImportError as error:
    raise ConfigError(
        "datatrove is not installed, or not with what it needs; `pip install datatrove 'xxhash<4'`, "
        "or curate with `kgpt corpus build`"
    ) from error

_OWN_FIELDS = ("links", "triples", "judged_relations")
_DECISION = "decision"
_BATCH_DOCUMENTS = 1000


def to_datatrove(document: Document) -> TheirDocument:
    """`document` as datatrove's."""
    told = document_json(document)
    own = {name: told[name] for name in _OWN_FIELDS if told.get(name)}
    return TheirDocument(text=document.text, id=document.id, metadata={**told["metadata"], **own})


def from_datatrove(document: TheirDocument) -> Document:
    """The document that datatrove's says.

    Raises:
        DataError: its links are malformed, or lie out of its text.
    """
    metadata = dict(document.metadata)
    own = {name: metadata.pop(name) for name in _OWN_FIELDS if name in metadata}
    value = {"id": document.id, "text": document.text, "metadata": metadata, **own}
    return parse_document(value, place=f"datatrove's document {document.id}")


def document_adapter(_writer: object, document: TheirDocument) -> dict[str, Any]:
    """For datatrove's `JsonlWriter(adapter=...)`: the form that `kgpt` reads, with links in their place."""
    return document_json(from_datatrove(document))


class _Block(PipelineStep):  # type: ignore[misc,unused-ignore]
    """A block around one step."""

    type = "🕸 - KGPT"

    def __init__(self, step: object, *, folder: str | Path = "") -> None:
        super().__init__()
        self.step = corpus_steps.build(step)
        self.name = corpus_steps.name_of(self.step)
        self.folder = Path(folder)

    def _whole(self) -> WholeStep:
        if not isinstance(self.step, WholeStep):
            raise ConfigError(f"{self.name}: looks at each document alone; use StepBlock")
        return self.step

    def _judged(self, data: Iterable[TheirDocument], verdict: Verdict, rank: int) -> Iterator[TheirDocument]:
        """What stays; the others counted by reason, and listed in the block's folder where it has one."""
        gone: Counter[str] = Counter()
        told = dropped_file(self.folder / f"{rank:05d}.dropped") if self.folder.name else nullcontext(bool)
        with told as tell:
            for theirs in data:
                self.stat_update("total")
                document = from_datatrove(theirs)
                found = verdict(document)
                if isinstance(found, Dropped):
                    gone[found.reason] += 1
                    tell(as_dropped(found, step=self.name, document=document))
                    continue
                self.stat_update("forwarded")
                yield theirs if found is document else to_datatrove(found)
        for reason, count in gone.items():
            self.stat_update("dropped", f"dropped_{reason}", value=count)


class StepBlock(_Block):
    """A step that looks at each document alone.

    Args:
        step: a name, or settings with a `type`.
        folder: for the list of dropped documents; none is kept without it.
    """

    def run(self, data: Iterable[TheirDocument], rank: int = 0, world_size: int = 1) -> Iterator[TheirDocument]:
        """The documents that stay."""
        del world_size
        if isinstance(self.step, WholeStep):
            raise ConfigError(f"{self.name}: needs the whole corpus; use SketchBlock, DecideBlock and RuleBlock")
        step: AloneStep = self.step
        yield from self._judged(data, step.begin(), rank)


class SketchBlock(_Block):
    """The sketches of a task's documents, into `folder`; documents pass on unchanged."""

    def run(self, data: Iterable[TheirDocument], rank: int = 0, world_size: int = 1) -> Iterator[TheirDocument]:
        """The documents as they came."""
        step, number = self._whole(), 0
        for path in self.folder.glob("*.sketch"):  # of an earlier run
            if (task := int(path.name.partition("-")[0])) == rank or task >= world_size:
                path.unlink()
        batch: list[Document] = []
        for theirs in data:
            document = from_datatrove(theirs)
            if step.concerns(document.metadata.source):
                batch.append(document)
            if len(batch) == _BATCH_DOCUMENTS:
                self._write(step, batch, rank, number)
                batch, number = [], number + 1
            yield theirs
        self._write(step, batch, rank, number)

    def _write(self, step: WholeStep, batch: list[Document], rank: int, number: int) -> None:
        path = sketch_beside(self.folder / f"{rank:05d}-{number:06d}.part")
        write_sketch(path, step.sketch(batch, None), num_documents=len(batch))


class DecideBlock(_Block):
    """The decision over all sketches in `folder`; in a pipeline of its own, in one task."""

    def run(self, data: Iterable[TheirDocument] = (), rank: int = 0, world_size: int = 1) -> Iterator[TheirDocument]:
        """Nothing, once the decision is made."""
        if world_size != 1:
            raise ConfigError(f"{self.name}: a decision is made by one task, found {world_size}; set tasks=1")
        del data, rank
        sketches = sorted(self.folder.glob("*.sketch"))
        if not sketches:
            raise ConfigError(f"{self.folder}: no sketches there; run a pipeline with SketchBlock first")
        shutil.rmtree(self.folder / _DECISION, ignore_errors=True)  # of an earlier run
        for name, value in decide(self._whole(), sketches, self.folder / _DECISION).items():
            self.stat_update(name, value=value)
        return iter(())


class RuleBlock(_Block):
    """The decision in `folder` applied to a task's documents, which must be those that it sketched."""

    def run(self, data: Iterable[TheirDocument], rank: int = 0, world_size: int = 1) -> Iterator[TheirDocument]:
        """The documents that stay."""
        del world_size
        names = sorted(path.name for path in self.folder.glob("*.sketch"))
        own = [place for place, name in enumerate(names) if name.startswith(f"{rank:05d}-")]
        if not own or not (self.folder / _DECISION).is_dir():
            raise ConfigError(
                f"{self.folder}: no sketches of task {rank}, or no decision; run SketchBlock with as many tasks, then "
                "DecideBlock"
            )
        decision, start = open_decision(self.folder / _DECISION, shard=own[0])
        num_sketched = sum(num_documents_of(self.folder / names[place]) for place in own)
        verdict = self._whole().ruled(decision, start=start)
        yield from self._judged(self._as_sketched(data, num_sketched, rank), verdict, rank)

    def _as_sketched(self, data: Iterable[TheirDocument], num_sketched: int, rank: int) -> Iterator[TheirDocument]:
        """`data`, as many as the task sketched.

        Raises:
            DataError: more or fewer.
        """
        step, count = self._whole(), 0
        for theirs in data:
            count += step.concerns(from_datatrove(theirs).metadata.source)
            if count > num_sketched:
                break
            yield theirs
        if count != num_sketched:
            found = "more" if count > num_sketched else f"{count:,}"
            raise DataError(
                f"{self.folder}: task {rank} sketched {num_sketched:,} documents and now gets {found}; "
                "run SketchBlock and DecideBlock over the same files"
            )
