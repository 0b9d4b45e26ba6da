"""The questions of a run: those the graph can answer, split by fact so that nothing leaks into training."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import pair_key, split_of
from kgpt.pipeline.config import QuestionSettings
from kgpt.randomness import stable_hash
from kgpt.records import Question, QuestionSplit, Triple


@dataclass(frozen=True, slots=True)
class SelectedQuestions:
    """Questions with their splits, and what was left out."""

    questions: tuple[Question, ...]
    dropped: dict[str, int]

    def of(self, split: QuestionSplit) -> tuple[Question, ...]:
        """The questions of one split."""
        return tuple(question for question in self.questions if question.split == split)


def select_questions(
    questions: Iterable[Question],
    graph: KnowledgeGraph,
    stated: Collection[Triple],
    settings: QuestionSettings,
) -> SelectedQuestions:
    """The questions that `graph` answers, split and marked.

    A question goes where its first fact's pair of entities goes; then every train or dev question that shares a pair
    with a test question, in either direction and by any relation, is left out.

    Args:
        questions: from the sources.
        graph: the run's graph.
        stated: triples aligned to the corpus; decides `stated_in_text` where the source does not.
        settings: shares of the splits.
    """
    dropped: Counter[str] = Counter()
    kept = [_marked(q, stated, settings) for q in _answerable(questions, graph, dropped)]
    test = sorted((q for q in kept if q.split == "test"), key=lambda q: stable_hash("test", q.id))
    dropped["over_max_test"] = max(0, len(test) - settings.max_test)
    chosen = {question.id for question in test[: settings.max_test]}
    asked = {pair_key(fact) for question in test for fact in question.facts()}
    final = []
    for question in kept:
        if question.split == "test":
            final += [question] if question.id in chosen else []
        elif any(pair_key(fact) in asked for fact in question.facts()):
            dropped["shares_fact_with_test"] += 1
        else:
            final.append(question)
    return SelectedQuestions(tuple(final), dict(+dropped))


def _answerable(questions: Iterable[Question], graph: KnowledgeGraph, dropped: Counter[str]) -> Iterator[Question]:
    """Questions with at least one answer entity joined to their entity in the graph, cut to those answers."""
    seen: set[str] = set()
    for question in questions:
        if question.text in seen:
            dropped["repeated_question"] += 1
            continue
        seen.add(question.text)
        facts = [fact for fact in question.facts() if _holds(graph, fact)]
        if facts:
            yield question
        else:
            dropped["fact_not_in_graph"] += 1


def _holds(graph: KnowledgeGraph, fact: Triple) -> bool:
    numbers = graph.numbers(fact)
    return numbers is not None and numbers[2] in graph.tails(numbers[0], numbers[1])


def _marked(question: Question, stated: Collection[Triple], settings: QuestionSettings) -> Question:
    told = question.stated_in_text
    if told is None:
        told = any(fact in stated for fact in question.facts())
    split = question.split or _split(question, settings)
    return replace(question, stated_in_text=told, split=split)


def _split(question: Question, settings: QuestionSettings) -> QuestionSplit:
    test = 1 - settings.train_frac - settings.dev_frac
    shares = {"train": settings.train_frac, "dev": settings.dev_frac, "test": test}
    return cast(QuestionSplit, split_of(question.facts()[0], shares, seed=settings.seed))
