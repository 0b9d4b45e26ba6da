"""Coverage: the share of the graph's facts that the model answers when asked in plain words (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from kgpt.evaluation.answering import answer
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact
from kgpt.evaluation.question_answering import exact_match
from kgpt.evaluation.task import Measured, Need, cannot_write, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.records import Outcome
from kgpt.verbalization import Verbalizer

TASK = "coverage"


def evaluate_coverage(loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph) -> list[Outcome]:
    """Every fact's exact match: its first question template, any label or alias of any right tail counts."""
    verbalizer = Verbalizer(graph)
    questions = [verbalizer.questions((fact.head, fact.relation, fact.tails[0]))[0] for fact in facts]
    outcomes = []
    for fact, (best, *_) in zip(facts, answer(loaded, questions), strict=True):
        names = [name for tail in fact.tails for name in graph.entities.surfaces(tail)]
        right = exact_match(best.text, names)
        outcomes.append(Outcome(TASK, fact.id, "exact_match", right, fact.subsets, best.text, best.probability))
    return outcomes


@tasks.register("coverage")
@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Facts of the graph asked for in plain words, but those that a train question asked."""

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = True

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot write."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`exact_match`."""
        return evaluate_coverage(loaded, exam.asked(but_trained=True), exam.graph)
