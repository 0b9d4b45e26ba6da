"""Test questions with what every arm answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgpt.evaluation.question_answering import TASK
from kgpt.pipeline.measuring import MAJORITY
from kgpt.randomness import hash_sample
from kgpt.records import Question
from kgpt.report.run_record import RunRecord

_SHOWN_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class ArmAnswer:
    """What one arm said, and whether it is right."""

    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class QuestionExample:
    """A question with its right answers and those of the arms."""

    text: str
    answers: tuple[str, ...]
    stated_in_text: bool
    by_arm: Mapping[str, ArmAnswer]


def question_examples(run: RunRecord, *, num_each: int = 5) -> list[QuestionExample]:
    """Test questions with the first seed's answers, graph-only ones first, picked by a hash of their ids."""
    if not run.seeds:
        return []
    arms = [arm for arm in run.arms if arm != MAJORITY]
    said = {arm: dict(_answers(run, arm)) for arm in arms}
    asked = [one for one in run.questions if any(one.id in answers for answers in said.values())]
    return [
        QuestionExample(
            question.text,
            question.answers[:_SHOWN_ANSWERS],
            bool(question.stated_in_text),
            {arm: said[arm][question.id] for arm in arms if question.id in said[arm]},
        )
        for stated in (False, True)
        for question in _picked([one for one in asked if bool(one.stated_in_text) == stated], num_each)
    ]


def _answers(run: RunRecord, arm: str) -> Iterator[tuple[str, ArmAnswer]]:
    for outcome in run.outcomes.get((arm, run.seeds[0]), ()):
        if outcome.task == TASK and outcome.metric == "exact_match":
            yield outcome.item, ArmAnswer(outcome.predicted, outcome.value == 1)


def _picked(questions: Sequence[Question], number: int) -> list[Question]:
    return hash_sample(questions, number, keys=lambda question: ("report", question.id))
