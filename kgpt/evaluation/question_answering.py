"""Closed-book question answering: exact match and token F1, any right answer counts (SQuAD's normalisation)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from kgpt.evaluation.answering import answer
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.task import Measured, Need, cannot_write, tasks
from kgpt.model import LoadedModel
from kgpt.records import Outcome, Question
from kgpt.sequences.triple_stream import target_answers
from kgpt.text import normalize_answer

TASK = "qa"


def exact_match(predicted: str, answers: Collection[str]) -> float:
    """1 where the prediction equals one of the answers, normalised (Rajpurkar et al., 2016).

    >>> exact_match("the Netherlands", ["Netherlands", "Holland"])
    1.0
    """
    return float(normalize_answer(predicted) in {normalize_answer(one) for one in answers})


def token_f1(predicted: str, answers: Collection[str]) -> float:
    """The best harmonic mean of word precision and recall over the answers (Rajpurkar et al., 2016).

    >>> round(token_f1("New York", ["New York City"]), 2)
    0.8
    """
    return max(
        (_f1(normalize_answer(predicted).split(), normalize_answer(one).split()) for one in answers),
        default=0.0,
    )


def set_f1(predicted: Collection[str], answers: Collection[str]) -> float:
    """F1 of a set of answers against the right ones, normalised (Berant et al., 2013).

    >>> set_f1(["Drama", "War"], ["drama", "Comedy"])
    0.5
    """
    said, right = set(map(normalize_answer, predicted)), set(map(normalize_answer, answers))
    return 2 * len(said & right) / max(len(said) + len(right), 1)


def evaluate_questions(
    loaded: LoadedModel, questions: Sequence[Question], *, subsets: Sequence[tuple[str, ...]], num_answers: int = 1
) -> list[Outcome]:
    """Every question's outcome in `exact_match` and `token_f1`, and of several right answers in `set_f1`.

    Args:
        loaded: the model.
        questions: what to ask.
        subsets: for every question the subsets it counts in.
        num_answers: the likeliest answers of a question; with 1 there is no `set_f1`. Of several those are said that
            are at least half as likely as the best.
    """
    predictions = answer(loaded, [question.text for question in questions], num_answers=num_answers)
    outcomes = []
    for question, (best, *others), names in zip(questions, predictions, subsets, strict=True):
        values = {
            "exact_match": exact_match(best.text, question.answers),
            "token_f1": token_f1(best.text, question.answers),
        }
        if num_answers > 1 and len(question.answer_entities) > 1:
            said = [best.text, *(one.text for one in others if one.probability >= best.probability / 2)]
            values["set_f1"] = set_f1(said, target_answers(question))
        outcomes += [
            Outcome(TASK, question.id, metric, value, names, best.text, best.probability)
            for metric, value in values.items()
        ]
    return outcomes


def majority_outcomes(
    train: Sequence[Question], test: Sequence[Question], *, subsets: Sequence[tuple[str, ...]]
) -> list[Outcome]:
    """The floor: every test question answered with its relation's most frequent answer in `train`."""
    counts: dict[str, Counter[str]] = {}
    for question in train:
        counts.setdefault("/".join(question.hops), Counter()).update(question.answers[:1])
    best = {r: min(c, key=lambda one: (-c[one], one)) for r, c in counts.items()}
    return [
        Outcome(
            TASK, q.id, metric, score(best.get("/".join(q.hops), ""), q.answers), names, best.get("/".join(q.hops), "")
        )
        for q, names in zip(test, subsets, strict=True)
        for metric, score in (("exact_match", exact_match), ("token_f1", token_f1))
    ]


def _f1(predicted: list[str], gold: list[str]) -> float:
    shared = sum((Counter(predicted) & Counter(gold)).values())
    if not shared:
        return float(predicted == gold)
    precision, recall = shared / len(predicted), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


@tasks.register("qa")
@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionAnswering:
    """Closed-book question answering on the exam's test questions.

    Args:
        num_answers: the likeliest answers looked at; more than 1 also gives `set_f1` (by beam search, which is slower).
    """

    num_answers: Annotated[int, Field(ge=1)] = 1

    needs: ClassVar[tuple[Need, ...]] = ("questions",)
    after_fine_tuning: ClassVar[bool] = True

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot write."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`exact_match`, `token_f1`; of several answers `set_f1`."""
        test = exam.test
        if not test:
            return []
        return evaluate_questions(loaded, test, subsets=exam.question_subsets(test), num_answers=self.num_answers)
