"""A run: all stages in order into one folder, each done once; a killed run goes on where it was."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.corpus import step_files
from kgpt.errors import DataError
from kgpt.evaluation.task import check_needs, check_tasks
from kgpt.io import fingerprints, read_json, require_file, write_json
from kgpt.locking import locked
from kgpt.manifest import Manifest
from kgpt.model.backbone import checkpoint_files
from kgpt.pipeline import data_stages
from kgpt.pipeline.arm import Arm, run_range_test, train_arm
from kgpt.pipeline.chain import STAGES, StageName, stage_folder
from kgpt.pipeline.config import RunConfig, config_json
from kgpt.pipeline.measuring import evaluation_documents, open_exam
from kgpt.pipeline.parallel import Until, own, work_on_arms
from kgpt.pipeline.results import RESULTS, write_results
from kgpt.pipeline.stage import Stage
from kgpt.sources import (
    DocumentSource,
    QuestionSource,
    open_documents,
    open_questions,
)
from kgpt.training.processes import ALONE, Processes
from kgpt.training.rate_finding import RangeTest

CONFIG_NAME = "config.json"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Run:
    """A config at work in a folder.

    Args:
        config: what is asked for.
        folder: where everything lies.
        processes: that train together; the first does all the rest.
    """

    config: RunConfig
    folder: Path
    processes: Processes = ALONE

    def sequences(self, *, until: StageName = "sequences") -> Manifest:
        """Stages 1 to 5, or those up to `until`; gives the last one's manifest."""
        return self.processes.first(lambda: self._sequences(until))

    def _sequences(self, until: StageName) -> Manifest:
        last, previous = None, dict[str, str]()
        stages = STAGES[: STAGES.index(until) + 1]
        for name in stages:  # told before hours of work, not after
            for path in _stage_files(self.config, name):
                require_file(path, what=f"for the stage {name}")
        for name in stages:
            last = self._data_stage(name, previous)
            previous = previous | {name: last.fingerprint}
        assert last is not None
        return last

    def train(self, arm: str, seed: int, *, resume: bool = True) -> Manifest:
        """Stages 1 to 5, then one arm and seed."""
        wanted = Arm(self.config, self.folder, arm, seed)
        sequences = self.sequences()
        with ExitStack() as stack:
            self.processes.first(lambda: stack.enter_context(own(wanted)))
            return train_arm(wanted, sequences, resume=resume, processes=self.processes)

    def range_test(self, arm: str, seed: int) -> RangeTest:
        """Stages 1 to 5, then a learning-rate range test of one arm."""
        self.sequences()
        return run_range_test(Arm(self.config, self.folder, arm, seed))

    def results(self, *, until: StageName = "results", num_processes: int = 1) -> dict[str, Any]:
        """Stages 1 to 7: all arms trained and measured, several at once; gives what `results.json` holds."""
        arms = [Arm(self.config, self.folder, name, seed) for seed in self.config.seeds for name in self.config.arms]
        check_needs(self.config.evaluation.tasks, has_documents=bool(self.config.evaluation.documents))
        for path in evaluation_documents(self.config):
            require_file(path, what="of evaluation.documents")
        sequences = self.sequences()
        asked: Until = "arms" if until == "arms" else "results"
        exam = open_exam(self.config, self.folder)
        check_tasks(self.config.evaluation.tasks, exam)
        work_on_arms(arms, sequences, exam, num_processes=num_processes, until=asked)
        return {} if asked == "arms" else write_results(self.config, self.folder, exam)

    def _data_stage(self, name: StageName, previous: Mapping[str, str]) -> Manifest:
        config, run = self.config, self.folder
        stage = Stage(name=name, folder=run / stage_folder(name), **_ingredients(config, name, previous))
        work = {
            "graph": lambda folder: data_stages.graph_stage(config, folder),
            "corpus": lambda folder: data_stages.corpus_stage(
                config.corpus_steps(),
                config.resolve(config.corpus.sources, "corpus.sources"),
                folder,
                engine=config.built_engine(),
                shards=stage.shards,
                graph=run / "1-graph",
            ),
            "linked": lambda folder: data_stages.linking_stage(config, run, folder, shards=stage.shards),
            "aligned": lambda folder: data_stages.alignment_stage(
                config.alignment,
                run / "1-graph",
                run / "3-linked" / data_stages.DOCUMENTS,
                folder,
                engine=config.built_engine(),
                shards=stage.shards,
            ),
            "sequences": lambda folder: data_stages.sequence_stage(config, run, folder, shards=stage.shards),
        }
        return stage.run(work[name])


@contextmanager
def open_run(config: RunConfig, folder: Path, *, processes: Processes = ALONE) -> Iterator[Run]:
    """The run in `folder`, locked against others while the block lasts.

    Args:
        config: what is asked for.
        folder: where.
        processes: that train together: the first holds the lock and writes.

    Raises:
        RunLockedError: another process works there.
        DataError: the folder holds something else than a run.
    """
    if not processes.is_first:
        yield Run(config, folder, processes)
        return
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _LOCK).exists():
        raise DataError(f"{folder}: holds files but no run of kgpt; choose another --out, or an empty folder")
    told = f"{folder}: another kgpt works in this run folder; wait, or choose another --out"
    with locked(folder / _LOCK, told=told):
        write_json(folder / CONFIG_NAME, config_json(config))
        yield Run(config, folder, processes)


def load_results(run: Path) -> dict[str, Any]:
    """What `results.json` of a run folder holds.

    Raises:
        DataError: the run has no results yet, or the file holds something else.
    """
    path = run / "7-results" / RESULTS
    found = read_json(path)
    for name in ("results", "comparisons", "cost"):
        if not isinstance(found.get(name), list):
            raise DataError(f"{path}: no list {name!r}; kgpt's results have one: measure the run again")
    return found


def _ingredients(config: RunConfig, name: StageName, previous: Mapping[str, str]) -> dict[str, Any]:
    """The inputs and settings that decide a data stage's output."""
    corpus = config_json(config.corpus)
    groups: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
        "graph": ((), {"graph": config_json(config.graph)}),
        "corpus": (("graph",), {"corpus": {name: corpus[name] for name in ("sources", "steps")}}),
        "linked": (("graph", "corpus"), {"linking": config_json(config.linking), "steps": corpus["linked_steps"]}),
        "aligned": (("graph", "linked"), {"alignment": config_json(config.alignment)}),
        "sequences": (
            ("graph", "aligned"),
            {
                "questions": config_json(config.questions),
                "vocabulary": config_json(config.vocabulary),
                "checkpoint": config.backbone.checkpoint,
                "architecture": config.backbone.architecture,
                "held_out_frac": config.evaluation.held_out_frac,
            },
        ),
    }
    needed, settings = groups[name]
    return {
        "inputs": fingerprints(_stage_files(config, name)) | {one: previous[one] for one in needed},
        "config": settings,
    }


def _stage_files(config: RunConfig, name: StageName) -> list[Path]:
    """The files that a stage reads itself."""
    files: list[Path] = []
    if name == "graph":
        files += [
            p for one in config.resolve(config.graph.sources, "graph.sources") for p in data_stages.graph_files(one)
        ]
    if name == "corpus":
        files += _files(open_documents, config.resolve(config.corpus.sources, "corpus.sources"))
        files += step_files(config.corpus_steps())
    if name == "linked":
        files += step_files(config.corpus_steps(linked=True))
    if name == "sequences" or (name == "graph" and config.graph.select.heads == "asked"):
        files += _files(open_questions, config.resolve(config.questions.sources, "questions.sources"))
    if name == "sequences":
        files += checkpoint_files(config.backbone.checkpoint)
    return files


def _files(open_source: Callable[[str], DocumentSource | QuestionSource], sources: Sequence[str]) -> list[Path]:
    return [path for source in sources for path in open_source(source).files()]
