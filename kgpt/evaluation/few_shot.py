"""In-context learning: exact match of what a model writes after k examples (Brown et al., 2020).

Examples are questions with their answers, or a relation's triples with their tails. Fewer are always the first of more,
and none is about the query's entity. Examples that a model has no room for are left out, the first ones first; how many
were read is told (`num_shots`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from kgpt.evaluation.answering import complete
from kgpt.evaluation.demonstration import Demonstration, Wording, chosen, prompt, readable
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact
from kgpt.evaluation.question_answering import exact_match
from kgpt.evaluation.task import Measured, Need, cannot_write, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.randomness import generator
from kgpt.records import Outcome, Question, Result
from kgpt.verbalization import Verbalizer

Shots = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
POOL = 64
"""Examples of a relation that queries choose among."""


def evaluate_few_shot(
    loaded: LoadedModel,
    queries: Sequence[Demonstration],
    pool: Sequence[Demonstration],
    *,
    shots: Sequence[int],
    wording: Wording,
    task: str,
) -> list[Outcome | Result]:
    """Every query's `exact_match` after k examples (subset `shots_K`), and how many were read, `num_shots`.

    Args:
        loaded: a model that writes.
        queries: what is asked.
        pool: what examples are chosen from.
        shots: the k.
        wording: of queries and examples.
        task: whose name the outcomes bear.
    """
    drawn, found = [chosen(query, pool, max(shots)) for query in queries], list[Outcome | Result]()
    for count in shots if queries else ():
        subset = f"shots_{count}"
        read = [
            readable(loaded, some[:count], query.query, wording=wording)
            for query, some in zip(queries, drawn, strict=True)
        ]
        pairs = zip(queries, read, strict=True)
        written = complete(loaded, [prompt(loaded, some, one.query, wording=wording) for one, some in pairs])
        for query, (best,) in zip(queries, written, strict=True):
            value = exact_match(best.text, query.answers)
            item = f"{query.id}|{subset}"
            found.append(Outcome(task, item, "exact_match", value, (subset,), best.text, best.probability))
        found.append(Result(task, subset, "num_shots", float(np.mean([len(some) for some in read])), len(read)))
    return found


@tasks.register("few_shot")
@dataclass(frozen=True, kw_only=True, slots=True)
class FewShotQuestions:
    """Questions after k questions with their answers, from train where there are some.

    Args:
        shots: the k.
        max_items: questions asked.
    """

    shots: Shots = (0, 1, 4, 8)
    max_items: Annotated[int, Field(ge=1)] = 400

    needs: ClassVar[tuple[Need, ...]] = ("questions",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot write."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`exact_match` in `shots_K`."""
        queries = [_of_question(one) for one in exam.test[: self.max_items]]
        pool = [_of_question(one) for one in exam.split("train")[: 16 * POOL] or exam.test[: 16 * POOL]]
        return evaluate_few_shot(loaded, queries, pool, shots=self.shots, wording="question", task="few_shot")


@tasks.register("few_shot_facts")
@dataclass(frozen=True, kw_only=True, slots=True)
class FewShotFacts:
    """The tail of a fact after k facts of its relation, as "head, relation, tail" strings.

    Args:
        shots: the k.
        max_items: facts asked.
    """

    shots: Shots = (0, 1, 4, 8)
    max_items: Annotated[int, Field(ge=1)] = 400

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot write."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`exact_match` in `shots_K`."""
        facts, graph = exam.asked()[: self.max_items], exam.graph
        queries = [_of_fact(fact, graph) for fact in facts]
        pool = [one for relation in {fact.relation for fact in facts} for one in _examples(relation, graph)]
        return evaluate_few_shot(loaded, queries, pool, shots=self.shots, wording="statement", task="few_shot_facts")


def _of_question(question: Question) -> Demonstration:
    told = frozenset(question.answer_entities)
    return Demonstration(question.id, question.text, question.answers, about=question.entity, told=told)


def _of_fact(fact: AskedFact, graph: KnowledgeGraph) -> Demonstration:
    """Any name of any right tail counts; the first tail's label is shown."""
    row = (fact.head, fact.relation, fact.tails[0])
    rng = np.random.default_rng(0)  # the linear form draws nothing
    query = Verbalizer(graph).state(row, "linear", rng, hidden="tail").rstrip()
    names = tuple(name for tail in fact.tails for name in graph.entities.surfaces(tail))
    about, told = graph.entities.ids[fact.head], frozenset(graph.entities.ids[tail] for tail in fact.tails)
    return Demonstration(fact.id, query, names, str(fact.relation), about, told)


def _examples(relation: int, graph: KnowledgeGraph) -> list[Demonstration]:
    rows = graph.triples[graph.triples[:, 1] == relation]
    some = generator("few_shot", graph.relations.ids[relation]).permutation(len(rows))[:POOL]
    facts = (AskedFact("|".join(map(str, row)), row[0], row[1], (row[2],), ()) for row in rows[some].tolist())
    return [_of_fact(fact, graph) for fact in facts]
