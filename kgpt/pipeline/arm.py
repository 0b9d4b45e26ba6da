"""Stage 6: one arm, one seed: trained from the run's sequences, its checkpoint saved for everyone."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kgpt.evaluation.answering import PROMPT_KEY, SENTINEL_PROMPT
from kgpt.io import fingerprints, read_json, write_json, write_json_lines
from kgpt.kg import KnowledgeGraph
from kgpt.kg.sampling import shuffle_tails, swap_tails_within_types
from kgpt.kg.splitting import pair_key
from kgpt.manifest import Manifest
from kgpt.model import KgptModel, build_model, save_checkpoint
from kgpt.model.backbone import checkpoint_files
from kgpt.objectives import Objective
from kgpt.pipeline.config import WRONG, RunConfig, config_json
from kgpt.pipeline.curriculum import arm_mixture
from kgpt.pipeline.data_stages import HELD_OUT, OVERLAP, QUESTIONS, TOKENIZER, open_run_graph
from kgpt.pipeline.model_card import write_card
from kgpt.pipeline.probe import cloze_probe
from kgpt.pipeline.stage import Counts, Stage
from kgpt.progress import say
from kgpt.randomness import generator
from kgpt.recipes import TrainingData, recipes
from kgpt.recipes.base import ReadsFiles
from kgpt.records import Question
from kgpt.sequences import Mixture, Phases, load_vocabulary, open_passage_store
from kgpt.sources.questions import QuestionsFile
from kgpt.training import TENSORBOARD, TrainingResult, train
from kgpt.training.processes import ALONE, Processes
from kgpt.training.rate_finding import RangeTest, find_learning_rate
from kgpt.training.schedule import PhaseRate

MODEL = "model"
CURVE = "curve.jsonl"
PROBES = "probes.jsonl"
COST = "cost.json"
PASSES = "passes.json"
CHECKPOINTS = "checkpoints"
_WORK = ".training"
_CLAIM = "fingerprint.json"


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm and one seed of a run."""

    config: RunConfig
    run: Path
    name: str
    seed: int

    @property
    def folder(self) -> Path:
        """Where its output lies."""
        return self.run / "6-arms" / self.name / str(self.seed)

    @property
    def title(self) -> str:
        """For people."""
        return f"arm {self.name}, seed {self.seed}"

    def stage(self, sequences: Manifest) -> Stage:
        """The stage that trains it."""
        settings = config_json(self.config.arms[self.name])
        return Stage(
            name=self.title,
            folder=self.folder,
            inputs={"sequences": sequences.fingerprint} | fingerprints(self._files()),
            config={
                "arm": settings,
                "curriculum": [config_json(phase) for phase in self.config.curriculum],
                "mixture": config_json(self.config.mixture),
                "backbone": config_json(self.config.backbone_of(self.name)),
                "training": config_json(self.config.training),
                "seed": self.seed,
            },
        )

    def _files(self) -> list[Path]:
        """The user's files that the training reads: the recipe's, and those of a checkpoint in a folder."""
        recipe = self.config.arms[self.name].built_recipe()
        told = list(recipe.files()) if isinstance(recipe, ReadsFiles) else []
        return told + checkpoint_files(self.config.backbone_of(self.name).checkpoint)


def train_arm(arm: Arm, sequences: Manifest, *, resume: bool = True, processes: Processes = ALONE) -> Manifest:
    """Train an arm unless it stands already; a killed training goes on from its newest checkpoint.

    Args:
        arm: which.
        sequences: the manifest of stage 5.
        resume: False starts anew, whatever checkpoints there are.
        processes: that train together; the first writes.
    """
    stage = arm.stage(sequences)
    if (manifest := processes.first(stage.finished)) is not None:
        say(f"{arm.title}: stands")
        return manifest
    work = arm.folder.with_name(arm.folder.name + _WORK)
    processes.first(lambda: claim(work, stage.fingerprint, keep=resume))
    started = time.monotonic()
    begun = lesson(arm)
    passes = begun.mixture.passes(arm.config.training.steps)
    result = _train(arm, begun, work / CHECKPOINTS, processes)

    def publish(partial: Path) -> Counts:
        shutil.copytree(work / MODEL, partial / MODEL)
        write_json_lines(partial / CURVE, result.curve)
        write_json_lines(partial / PROBES, result.probes)
        write_json(partial / COST, cost(result))
        shows = begun.mixture.shows
        told = {name: {"passes": round(count, 3), "shows": shows[name]} for name, count in passes.items()}
        write_json(partial / PASSES, told)
        if (work / CHECKPOINTS / TENSORBOARD).is_dir():
            shutil.copytree(work / CHECKPOINTS / TENSORBOARD, partial / TENSORBOARD)
        figures = {"data_wait_frac": round(result.data_wait_frac, 4)}
        return Counts(num_in=arm.config.training.steps, num_out=result.tokens, figures=figures)

    def finish() -> Manifest:
        manifest = stage.run(publish, started=started)
        shutil.rmtree(work, ignore_errors=True)
        return manifest

    return processes.first(finish)


def claim(work: Path, fingerprint: str, *, keep: bool = True) -> None:
    """Make `work` the folder of an unfinished training; what another config left there is removed."""
    told = work / _CLAIM
    if not (keep and told.is_file() and read_json(told).get("fingerprint") == fingerprint):
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    write_json(told, {"fingerprint": fingerprint})


def cost(result: TrainingResult) -> dict[str, float]:
    """Tokens, seconds, floating-point operations and the share of waiting for data, as in `results.json`."""
    waited = round(result.data_wait_frac, 4)
    return {
        "tokens": result.tokens,
        "seconds": round(result.seconds, 3),
        "flops": result.flops,
        "data_wait_frac": waited,
    }


def asked_pairs(questions: Sequence[Question]) -> frozenset[tuple[str, str]]:
    """The pairs of topic and answer (`pair_key`) that an exam asks about: of every question but the train split's."""
    return frozenset(pair_key(fact) for one in questions if one.split != "train" for fact in one.facts())


def training_data(run: Path, *, knowledge: str, seed: int) -> TrainingData:
    """What an arm may train on: nothing held out, no question but the train split's."""
    folder, questions = run / "5-sequences", read_questions(run)
    return TrainingData(
        graph=training_graph(run, knowledge=knowledge, seed=seed),
        passages=open_passage_store(folder),
        vocabulary=load_vocabulary(folder / TOKENIZER),
        questions=tuple(question for question in questions if question.split == "train"),
        is_shuffled=knowledge in WRONG,
        kept_out=asked_pairs(questions),
    )


def training_graph(run: Path, *, knowledge: str, seed: int) -> KnowledgeGraph:
    """The graph less what is held out; with wrong knowledge its tails are permuted inside each relation (and type)."""
    graph = open_run_graph(run)
    held = np.load(run / "5-sequences" / HELD_OUT, allow_pickle=False)
    kept = graph.with_triples(np.array(graph.triples[~held]))
    if knowledge not in WRONG:
        return kept
    permute = shuffle_tails if knowledge == "shuffled" else swap_tails_within_types
    return permute(kept, rng=generator(seed, "shuffle"), avoid=np.array(graph.triples[held]))


def read_questions(run: Path) -> list[Question]:
    """All questions of the run with their splits."""
    return list(QuestionsFile(run / "5-sequences" / QUESTIONS).read())


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """What an arm's training begins with."""

    data: TrainingData
    mixture: Mixture | Phases
    model: KgptModel
    objectives: Sequence[Objective]


def lesson(arm: Arm) -> Lesson:
    """The sequences, the fresh model and the objectives of an arm."""
    config, settings = arm.config, arm.config.arms[arm.name]
    recipe, backbone = settings.built_recipe(), config.backbone_of(arm.name)
    data = training_data(arm.run, knowledge=settings.knowledge, seed=arm.seed)
    mixture = arm_mixture(config, arm.name, data, seed=arm.seed)
    torch.manual_seed(arm.seed)
    model = build_model(backbone, data.vocabulary, data.graph, recipe.parts(backbone.architecture))
    return Lesson(data, mixture, model, recipe.objectives(backbone.architecture))


def run_range_test(arm: Arm) -> RangeTest:
    """A learning-rate range test of an arm, on what it would read."""
    begun = lesson(arm)
    return find_learning_rate(begun.model, begun.mixture, begun.objectives, arm.config.training, seed=arm.seed)


def _train(arm: Arm, begun: Lesson, checkpoints: Path, processes: Processes) -> TrainingResult:
    settings = arm.config.training
    passes = ", ".join(f"{name} x {n:.1f}" for name, n in begun.mixture.passes(settings.steps).items())
    say(f"{arm.title}: {settings.steps} steps, passes over its data: {passes}")
    result = train(
        begun.model,
        begun.mixture,
        begun.objectives,
        settings,
        folder=checkpoints,
        seed=arm.seed,
        what=arm.title,
        phases=[PhaseRate(phase.steps, phase.learning_rate) for phase in arm.config.curriculum],
        probe=cloze_probe(arm.run, settings, begun.data.vocabulary) if settings.probe_every else None,
    )
    if processes.is_first:
        target = checkpoints.parent / MODEL
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        save_checkpoint(begun.model, begun.data.vocabulary, target, about=_about(arm))
        write_card(target, arm)
    return result


def _about(arm: Arm) -> dict[str, Any]:
    settings = arm.config.arms[arm.name]
    return {
        PROMPT_KEY: SENTINEL_PROMPT,
        "run": arm.config.name,
        "arm": arm.name,
        "seed": arm.seed,
        "recipe": recipes.settings(settings.built_recipe()),
        "knowledge": settings.knowledge,
        "overlap": read_json(arm.run / "5-sequences" / OVERLAP),
        "num_threads": arm.config.training.threads,
        "training": config_json(arm.config.training),
    }
