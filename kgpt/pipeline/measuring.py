"""Stage 7, one arm and seed: fine-tuned on the train questions, then asked; every outcome is kept.

Every arm is fine-tuned on the same questions for the same steps; the test questions' facts are in none of them.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np

from kgpt.alignment.passages import read_passages
from kgpt.evaluation import Exam, FactSubsets, majority_outcomes
from kgpt.evaluation.answering import answers_in_steps
from kgpt.evaluation.task import named, task_files
from kgpt.io import fingerprints, read_json_lines, write_json_lines
from kgpt.kg.statistics import popular_entities
from kgpt.manifest import Manifest
from kgpt.model import LoadedModel, load_checkpoint, save_checkpoint
from kgpt.objectives import CAUSAL_LM, SPAN_CORRUPTION
from kgpt.pipeline.arm import MODEL, Arm, asked_pairs, claim, read_questions, training_graph
from kgpt.pipeline.config import RunConfig, config_json
from kgpt.pipeline.data_stages import HELD_OUT, PASSAGES, open_run_graph, stated_triples
from kgpt.pipeline.exposure import Exposure, marked
from kgpt.pipeline.model_card import write_card
from kgpt.pipeline.stage import Counts, Stage
from kgpt.progress import say
from kgpt.randomness import hash_sample
from kgpt.records import Document, Outcome, Question, Result
from kgpt.sequences import Mixture, QuestionStream, WeightedStream
from kgpt.sequences.causal_stream import CausalQuestionStream
from kgpt.sources import open_documents
from kgpt.sources.reading import kept
from kgpt.training import TrainingSettings, train
from kgpt.verbalization.answer_steps import StepTeller

OUTCOMES = "outcomes.jsonl"
FIGURES = "figures.jsonl"
MAJORITY = "majority"
_WORK = ".fine-tuning"
_LOOKED_AT = 100
"""Of the documents of a source so many times as are asked for are read: a whole encyclopedia would take hours."""


def open_exam(config: RunConfig, run: Path) -> Exam:
    """What every arm of a run folder is asked."""
    graph = open_run_graph(run)
    held = np.load(run / "5-sequences" / HELD_OUT, allow_pickle=False)
    passages = tuple(read_passages(run / "4-aligned" / PASSAGES))
    facts = FactSubsets(
        graph=graph,
        stated=stated_triples(passages),
        popular=popular_entities(graph),
        held_out={graph.triple(row) for row in graph.triples[held]},
    )
    return Exam(
        facts=facts,
        questions=tuple(read_questions(run)),
        documents=tuple(_documents(config)) if asks_for_documents(config) else (),
        passages=passages,
        max_facts=config.evaluation.max_facts,
        data_dir=config.data_dir,
    )


def asks_for_documents(config: RunConfig) -> bool:
    """Whether a task reads texts that no arm trains on."""
    return any("documents" in task.needs for task in config.evaluation.tasks)


def majority(exam: Exam) -> list[Outcome]:
    """The floor's outcomes."""
    return majority_outcomes(exam.split("train"), exam.test, subsets=exam.question_subsets(exam.test))


def measure_arm(arm: Arm, trained: Manifest, exam: Exam) -> Manifest:
    """Fine-tune and evaluate one arm and seed, unless that stands already."""
    folder = arm.run / "7-results" / arm.name / str(arm.seed)
    stage = Stage(
        name=f"results of {arm.title}",
        folder=folder,
        inputs={"arm": trained.fingerprint} | fingerprints(_files(arm.config, exam)),
        config={"evaluation": config_json(arm.config.evaluation)},
    )
    work = folder.with_name(folder.name + _WORK)
    if stage.finished() is None:
        claim(work, stage.fingerprint)

    def measure(partial: Path) -> Counts:
        loaded = load_checkpoint(str(arm.folder / MODEL))
        measured = _asked(arm, loaded, exam, fine_tuned=False)
        fine_tuning = arm.config.evaluation.fine_tuning
        if loaded.architecture != "encoder" and fine_tuning is not None and exam.split("train"):
            steps = _step_teller(arm, exam) if answers_in_steps(loaded) else None
            asked = exam.split("train")
            fine_tune(loaded, asked, fine_tuning, folder=work, seed=arm.seed, what=arm.title, steps=steps)
            (partial / MODEL).mkdir()
            save_checkpoint(loaded.model, loaded.vocabulary, partial / MODEL, about=loaded.about)
        measured += _asked(arm, loaded, exam, fine_tuned=True)
        outcomes = marked((one for one in measured if isinstance(one, Outcome)), Exposure.of(arm), exam)
        for place in filter(Path.is_dir, (partial, partial / MODEL)):
            write_card(place, arm, outcomes)
        write_json_lines(partial / OUTCOMES, map(asdict, outcomes))
        write_json_lines(partial / FIGURES, (asdict(one) for one in measured if isinstance(one, Result)))
        return Counts(num_in=len(exam.test), num_out=len(outcomes))

    manifest = stage.run(measure)
    shutil.rmtree(work, ignore_errors=True)
    return manifest


def _step_teller(arm: Arm, exam: Exam) -> StepTeller:
    """Tells answers in steps as the arm's graph has them."""
    graph = training_graph(arm.run, knowledge=arm.config.arms[arm.name].knowledge, seed=arm.seed)
    return StepTeller(graph, asked_pairs(exam.questions))


def fine_tune(
    loaded: LoadedModel,
    questions: Sequence[Question],
    settings: TrainingSettings,
    *,
    folder: Path,
    seed: int,
    what: str,
    steps: StepTeller | None = None,
) -> None:
    """Train `loaded` further on questions alone, in place; on answers in steps where `steps` is given."""
    is_decoder = loaded.architecture == "decoder"
    words, asked = loaded.vocabulary, tuple(questions)
    stream = (
        CausalQuestionStream(questions=asked, vocabulary=words)
        if is_decoder
        else QuestionStream(questions=asked, vocabulary=words, steps=steps)
    )
    mixture = Mixture(
        streams={"questions": WeightedStream(stream, 1.0)},
        tokens_per_step=settings.tokens_per_step,
        seed=seed,
        pad_id=loaded.vocabulary.pad,
    )
    loaded.model.train()
    train(
        loaded.model,
        mixture,
        [CAUSAL_LM if is_decoder else SPAN_CORRUPTION],
        settings,
        folder=folder,
        seed=seed,
        what=f"fine-tuning {what}",
    )


def read_outcomes(folder: Path) -> list[Outcome]:
    """The outcomes that `measure_arm` wrote."""
    rows = (value for _, value in read_json_lines(folder / OUTCOMES))
    return [Outcome(**(row | {"subsets": tuple(row["subsets"])})) for row in rows]


def read_figures(folder: Path) -> list[Result]:
    """The figures of whole sets that `measure_arm` wrote."""
    return [Result(**row) for _, row in read_json_lines(folder / FIGURES)]


def _asked(arm: Arm, loaded: LoadedModel, exam: Exam, *, fine_tuned: bool) -> list[Outcome | Result]:
    """What the tasks of one kind find; a task that refuses the model is passed over and said."""
    found = list[Outcome | Result]()
    for label, task in arm.config.evaluation.built_tasks():
        if task.after_fine_tuning != fine_tuned:
            continue
        if reason := task.refuses(loaded):
            say(f"{arm.title}: task {label} passed over: {reason}")
            continue
        found += named(task.measure(loaded, exam), label)
    return found


def _files(config: RunConfig, exam: Exam) -> list[Path]:
    """The user's files that the measuring reads."""
    return evaluation_documents(config) + task_files([task for _, task in config.evaluation.built_tasks()], exam)


def evaluation_documents(config: RunConfig) -> list[Path]:
    """The files of texts that no arm trains on."""
    sources = config.resolve(config.evaluation.documents, "evaluation.documents")
    return [path for source in sources for path in open_documents(source).files()]


def _documents(config: RunConfig) -> Iterator[Document]:
    """Documents of the evaluation's sources."""
    settings = config.evaluation
    for source in config.resolve(settings.documents, "evaluation.documents"):
        found = islice(kept(open_documents(source).read(), Document, source), _LOOKED_AT * settings.max_documents)
        yield from hash_sample(found, settings.max_documents, keys=lambda one: ("test", one.id))
