"""Stage 7, one arm and seed: fine-tuned on the train questions, then asked; every outcome is kept.

Every arm is fine-tuned on the same questions for the same steps; the test questions' facts are in none of them.
"""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kgpt.alignment.passages import read_passages
from kgpt.evaluation import (
    FactSubsets,
    asked_facts,
    evaluate_cloze,
    evaluate_coverage,
    evaluate_graph_completion,
    evaluate_questions,
    fact_id,
    majority_outcomes,
)
from kgpt.io import read_json_lines, write_json_lines
from kgpt.kg import KnowledgeGraph
from kgpt.kg.statistics import popular_entities
from kgpt.manifest import Manifest
from kgpt.model import LoadedModel, load_checkpoint, save_checkpoint
from kgpt.objectives import CAUSAL_LM, SPAN_CORRUPTION
from kgpt.pipeline.arm import MODEL, Arm, claim, read_questions
from kgpt.pipeline.config import RunConfig, config_json
from kgpt.pipeline.data_stages import HELD_OUT, PASSAGES, open_run_graph, stated_triples
from kgpt.pipeline.model_card import write_card
from kgpt.pipeline.stage import Counts, Stage
from kgpt.records import Outcome, Question
from kgpt.sequences import Mixture, QuestionStream, WeightedStream
from kgpt.sequences.causal_stream import CausalQuestionStream
from kgpt.training import TrainingSettings, train

OUTCOMES = "outcomes.jsonl"
MAJORITY = "majority"
_WORK = ".fine-tuning"


@dataclass(frozen=True, eq=False)
class Exam:
    """What every arm of a run is asked."""

    graph: KnowledgeGraph
    questions: tuple[Question, ...]
    subsets: FactSubsets

    @classmethod
    def of(cls, run: Path) -> "Exam":
        """The exam of a run folder."""
        graph = open_run_graph(run)
        held = np.load(run / "5-sequences" / HELD_OUT, allow_pickle=False)
        subsets = FactSubsets(
            graph=graph,
            stated=stated_triples(list(read_passages(run / "4-aligned" / PASSAGES))),
            popular=popular_entities(graph),
            held_out={graph.triple(row) for row in graph.triples[held]},
        )
        return cls(graph, tuple(read_questions(run)), subsets)

    def split(self, split: str) -> list[Question]:
        """The questions of one split."""
        return [question for question in self.questions if question.split == split]

    def question_subsets(self, questions: Sequence[Question]) -> list[tuple[str, ...]]:
        """For every question the subsets it counts in."""
        has_hops = any(len(question.hops) > 1 for question in self.questions)
        return [self._subsets_of(question, has_hops=has_hops) for question in questions]

    def _subsets_of(self, question: Question, *, has_hops: bool) -> tuple[str, ...]:
        return (
            "stated_in_text" if question.stated_in_text else "graph_only",
            "popular" if self.subsets.popular.get(question.entity) else "rare",
            f"relation:{'/'.join(question.hops)}",
            *([f"hop_{len(question.hops)}"] if has_hops else []),
        )

    def majority(self) -> list[Outcome]:
        """The floor's outcomes."""
        test = self.split("test")
        return majority_outcomes(self.split("train"), test, subsets=self.question_subsets(test))


def measure_arm(arm: Arm, trained: Manifest, exam: Exam) -> Manifest:
    """Fine-tune and evaluate one arm and seed, unless that stands already."""
    folder = arm.run / "7-results" / arm.name / str(arm.seed)
    stage = Stage(
        name=f"results of {arm.title}",
        folder=folder,
        inputs={"arm": trained.fingerprint},
        config={"evaluation": config_json(arm.config.evaluation)},
    )
    work = folder.with_name(folder.name + _WORK)
    if stage.finished() is None:
        claim(work, stage.fingerprint)

    def measure(partial: Path) -> Counts:
        loaded = load_checkpoint(str(arm.folder / MODEL))
        outcomes = _probed(arm.config, loaded, exam)
        fine_tuning = arm.config.evaluation.fine_tuning
        if loaded.architecture != "encoder":
            if fine_tuning is not None and exam.split("train"):
                fine_tune(loaded, exam.split("train"), fine_tuning, folder=work, seed=arm.seed, what=arm.title)
                (partial / MODEL).mkdir()
                save_checkpoint(loaded.model, loaded.vocabulary, partial / MODEL, about=loaded.about)
            outcomes += _asked(arm.config, loaded, exam)
        for place in filter(Path.is_dir, (partial, partial / MODEL)):
            write_card(place, arm, outcomes)
        write_json_lines(partial / OUTCOMES, map(asdict, outcomes))
        return Counts(num_in=len(exam.split("test")), num_out=len(outcomes))

    manifest = stage.run(measure)
    shutil.rmtree(work, ignore_errors=True)
    return manifest


def fine_tune(
    loaded: LoadedModel,
    questions: Sequence[Question],
    settings: TrainingSettings,
    *,
    folder: Path,
    seed: int,
    what: str,
) -> None:
    """Train `loaded` further on questions alone, in place."""
    is_decoder = loaded.architecture == "decoder"
    kind = CausalQuestionStream if is_decoder else QuestionStream
    mixture = Mixture(
        streams={"questions": WeightedStream(kind(questions=tuple(questions), vocabulary=loaded.vocabulary), 1.0)},
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


def _probed(config: RunConfig, loaded: LoadedModel, exam: Exam) -> list[Outcome]:
    """The cloze probe and graph completion, of the model as it was pre-trained."""
    settings, outcomes = config.evaluation, list[Outcome]()
    facts = asked_facts(exam.graph, exam.subsets, max_facts=settings.max_facts)
    if "cloze" in settings.tasks:
        outcomes += evaluate_cloze(loaded, facts, exam.graph, max_candidates=settings.max_candidates)
    if "graph_completion" in settings.tasks and loaded.entity_ids:
        outcomes += evaluate_graph_completion(loaded, facts, exam.graph)
    return outcomes


def _asked(config: RunConfig, loaded: LoadedModel, exam: Exam) -> list[Outcome]:
    """Question answering and coverage."""
    tasks, outcomes = config.evaluation.tasks, list[Outcome]()
    test = exam.split("test")
    if "qa" in tasks and test:
        outcomes += evaluate_questions(loaded, test, subsets=exam.question_subsets(test))
    if "coverage" in tasks:
        trained = {fact_id(question.entity, question.relation) for question in exam.split("train")}
        facts = asked_facts(exam.graph, exam.subsets, max_facts=config.evaluation.max_facts, leave_out=trained)
        outcomes += evaluate_coverage(loaded, facts, exam.graph)
    return outcomes
