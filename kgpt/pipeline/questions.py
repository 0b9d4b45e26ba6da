"""The questions of a run: those the graph can answer, split by fact so that nothing leaks into training."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from pydantic import Field, model_validator

from kgpt.config import Settings
from kgpt.kg.following import follow, needed_facts, read_path
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import pair_key, split_of
from kgpt.randomness import stable_hash
from kgpt.records import Dropped, Question, QuestionSplit, Triple


class QuestionSettings(Settings):
    """The questions: their sources, and how those without a split are split.

    Args:
        sources: JSON Lines files, or `embedded:NAME`.
        train_frac: share of questions that every arm trains on.
        dev_frac: share kept for tuning.
        max_test: at most so many test questions, picked by a hash of their ids.
        seed: another seed, another split.
    """

    sources: tuple[str, ...] = ()
    train_frac: float = Field(default=0.5, ge=0, le=1)
    dev_frac: float = Field(default=0.1, ge=0, le=1)
    max_test: int = Field(default=2000, ge=1)
    seed: int = 0

    @model_validator(mode="after")
    def _leaves_a_test(self) -> "QuestionSettings":
        if (total := self.train_frac + self.dev_frac) > 1:
            raise ValueError(f"train_frac and dev_frac sum to {total:g}, which is more than all")
        return self


@dataclass(frozen=True, slots=True)
class SelectedQuestions:
    """Questions with their splits, and what was left out."""

    questions: tuple[Question, ...]
    dropped: dict[str, int]

    def of(self, split: QuestionSplit) -> tuple[Question, ...]:
        """The questions of one split."""
        return tuple(question for question in self.questions if question.split == split)


def select_questions(
    questions: Iterable[Question | Dropped],
    graph: KnowledgeGraph,
    stated: Collection[Triple],
    settings: QuestionSettings,
) -> SelectedQuestions:
    """The questions that `graph` answers, split and marked.

    A question goes where the pair of its entity and its first answer goes; then every train or dev question that shares
    such a pair with a test question, in either direction and by any relation or path, is left out, and every dev
    question that shares one with a train question.

    Args:
        questions: from the sources.
        graph: the run's graph.
        stated: triples aligned to the corpus; decides `stated_in_text` where the source does not.
        settings: shares of the splits.
    """
    dropped: Counter[str] = Counter()
    kept = [_marked(q, graph, stated, settings) for q in _answerable(questions, graph, dropped)]
    test = sorted((q for q in kept if q.split == "test"), key=lambda q: stable_hash("test", q.id))
    dropped["over_max_test"] = max(0, len(test) - settings.max_test)
    chosen = {question.id for question in test[: settings.max_test]}
    asked = _pairs(test)
    learnt = _pairs(q for q in kept if q.split == "train" and not _pairs([q]) & asked)
    final = []
    for question in kept:
        if question.split == "test":
            final += [question] if question.id in chosen else []
        elif _pairs([question]) & asked:
            dropped["shares_fact_with_test"] += 1
        elif question.split == "dev" and _pairs([question]) & learnt:
            dropped["shares_fact_with_train"] += 1
        else:
            final.append(question)
    return SelectedQuestions(tuple(final), dict(+dropped))


def _pairs(questions: Iterable[Question]) -> set[tuple[str, str]]:
    """What is asked, as pairs of ends."""
    return {pair_key(fact) for question in questions for fact in question.facts()}


def _answerable(
    questions: Iterable[Question | Dropped], graph: KnowledgeGraph, dropped: Counter[str]
) -> Iterator[Question]:
    """Questions with an answer entity that their path reaches in the graph, cut to the answers that it reaches."""
    seen: set[str] = set()
    for question in questions:
        if isinstance(question, Dropped):
            dropped[question.reason] += 1
        elif question.text in seen:
            dropped["repeated_question"] += 1
        elif not question.hops:
            dropped["bound_to_no_relation"] += 1
        elif (cut := _cut(question, graph)) is None:
            dropped["fact_not_in_graph"] += 1
        else:
            seen.add(question.text)
            yield cut


def _cut(question: Question, graph: KnowledgeGraph) -> Question | None:
    """The question with those answers that the graph gives; None where it gives none."""
    hops, start = read_path(graph, question.hops), graph.entities.ids.find(question.entity)
    if hops is None or start is None:
        return None
    numbers = {one: graph.entities.ids.find(one) for one in question.answer_entities}
    reached = {one: n for one, n in numbers.items() if n is not None and np.isin(n, follow(graph, start, hops))}
    if not reached:
        return None
    names = _names(graph, reached.values())
    if not question.answers:
        return replace(question, answers=tuple(names), answer_entities=tuple(reached))
    if len(reached) == len(numbers):
        return question
    answers = tuple(answer for answer in question.answers if answer in names)
    return replace(question, answers=answers or question.answers, answer_entities=tuple(reached))


def named_by(graph: KnowledgeGraph, question: Question) -> Question:
    """The question with its answers named by the graph, those that it has."""
    numbers = (graph.entities.ids.find(one) for one in question.answer_entities)
    return replace(question, answers=tuple(_names(graph, [number for number in numbers if number is not None])))


def _names(graph: KnowledgeGraph, numbers: Collection[int]) -> dict[str, None]:
    """The labels of entities, then all their names."""
    names = dict.fromkeys(graph.entities.label(number) for number in numbers)
    return names | dict.fromkeys(name for number in numbers for name in graph.entities.surfaces(number))


def _marked(
    question: Question, graph: KnowledgeGraph, stated: Collection[Triple], settings: QuestionSettings
) -> Question:
    """The question with its split, and whether the text states what it needs (of several hops: all of them)."""
    told = question.stated_in_text
    if told is None and len(question.hops) == 1:
        told = any(fact in stated for fact in question.facts())
    elif told is None:
        told = needed_facts(question, graph).issubset(stated)
    return replace(question, stated_in_text=told, split=question.split or _split(question, settings))


def _split(question: Question, settings: QuestionSettings) -> QuestionSplit:
    test = 1 - settings.train_frac - settings.dev_frac
    shares = {"train": settings.train_frac, "dev": settings.dev_frac, "test": test}
    return cast(QuestionSplit, split_of(question.facts()[0], shares, seed=settings.seed))
