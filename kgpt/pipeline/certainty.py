"""How sure each arm is of what it says, and what of it the graph contradicts: rows for `results.json`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kgpt.evaluation.calibration import METRIC, calibration_results, scored_answers
from kgpt.evaluation.contradiction import CheckedFact, contradicted_items, coverage_facts, names_of, question_facts
from kgpt.evaluation.coverage import TASK as COVERAGE
from kgpt.evaluation.question_answering import TASK as QA
from kgpt.kg import KnowledgeGraph
from kgpt.records import Outcome, Question, Result

TASKS = (QA, COVERAGE)
"""The tasks that are answered in words, with a probability."""


@dataclass(frozen=True)
class Judge:
    """The true graph, asked about what was said.

    Args:
        graph: of the run.
        questions: the test questions.
        outcomes: of all arms and seeds.
    """

    graph: KnowledgeGraph
    questions: Sequence[Question]
    outcomes: Sequence[Outcome]

    def results(self, outcomes: Sequence[Outcome]) -> Iterator[Result]:
        """Calibration, abstention and contradiction of one arm and seed."""
        for task in TASKS:
            if answers := scored_answers(outcomes, task):
                contradicted = self.contradicted(answers.outcomes)
                yield from calibration_results(answers, contradicted, checkable=self._checkable[task])

    def contradicted(self, outcomes: Sequence[Outcome]) -> set[str]:
        """The items of one task whose answer the graph contradicts."""
        return contradicted_items(outcomes, self._facts[outcomes[0].task], self._names) if outcomes else set()

    @cached_property
    def _facts(self) -> Mapping[str, Sequence[CheckedFact]]:
        items = (outcome.item for outcome in self.outcomes if outcome.task == COVERAGE)
        return {QA: question_facts(self.questions, self.graph), COVERAGE: coverage_facts(items, self.graph)}

    @cached_property
    def _checkable(self) -> Mapping[str, set[str]]:
        return {task: {fact.item for fact in facts} for task, facts in self._facts.items()}

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        said = {o.predicted for o in self.outcomes if o.task in TASKS and o.metric == METRIC and not o.value}
        return names_of(said, self.graph)
