"""Make the questions of an embedded graph: `python graphs/make_questions.py atlas`.

One question for every head and relation whose head has a name of its own, from the relation's question templates; the
relations named below are left out because their answers are the same for most heads. A question is stated in the
text where a document's gold triples hold one of its facts, and graph-only where no document even names its entity
together with one of its answers; what lies between is left out. Splits are by fact and inverse-aware.
"""

import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import cast

from kgpt.io import write_json_lines
from kgpt.kg import KnowledgeGraph, build_graph
from kgpt.kg.splitting import split_of
from kgpt.pipeline.config import QuestionSettings
from kgpt.pipeline.questions import select_questions
from kgpt.randomness import stable_hash
from kgpt.records import Document, Question, QuestionSplit, Triple
from kgpt.sources import open_documents, open_graph
from kgpt.sources.questions import question_json
from kgpt.verbalization import Verbalizer

LEFT_OUT = {"P17", "P31", "P47", "P463", "P530"}
MAX_TAILS = 3
MAX_PER_RELATION = 130
SHARES_STATED = {"train": 0.5, "dev": 0.1, "test": 0.4}
SHARES_GRAPH_ONLY = {"train": 0.25, "dev": 0.1, "test": 0.65}


def main(name: str) -> None:
    """Write `graphs/NAME/questions.jsonl`."""
    graph, _ = build_graph(open_graph(f"embedded:{name}").read())
    documents = [one for one in open_documents(f"embedded:{name}").read() if isinstance(one, Document)]
    found = per_relation(candidates(graph, documents))
    selected = select_questions(found, graph, (), QuestionSettings(max_test=10_000))
    ordered = sorted(selected.questions, key=lambda question: question.id)
    count = write_json_lines(Path(__file__).parent / name / "questions.jsonl", map(question_json, ordered))
    splits = Counter((question.split, question.stated_in_text) for question in ordered)
    print(count, dict(splits), selected.dropped)


def candidates(graph: KnowledgeGraph, documents: list[Document]) -> list[Question]:
    """All questions that can be marked one way or the other."""
    stated = {triple for document in documents for triple in document.triples}
    together = Together(graph, documents)
    labels = Counter(graph.entities.label(number) for number in range(graph.num_entities))
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for head, relation, tail in graph.triples.tolist():
        groups[head, relation].append(tail)
    questions = []
    for (head, relation), tails in groups.items():
        if (
            labels[graph.entities.label(head)] > 1
            or len(tails) > MAX_TAILS
            or graph.relations.ids[relation] in LEFT_OUT
        ):
            continue
        question = ask(graph, head, relation, tails)
        told = [fact in stated for fact in question.facts()]
        if any(told) or not any(together.named(fact) for fact in question.facts()):
            questions.append(mark(question, any(told)))
    return questions


def ask(graph: KnowledgeGraph, head: int, relation: int, tails: list[int]) -> Question:
    """The question about one head and relation, in one of the relation's templates."""
    templates = Verbalizer(graph).questions((head, relation, tails[0]))
    entity, kind = graph.entities.ids[head], graph.relations.ids[relation]
    names = [graph.entities.label(tail) for tail in tails]
    others = [alias for tail in tails for alias in graph.entities.surfaces(tail)[1:]]
    return Question(
        id=f"atlas-{entity}-{kind}",
        text=templates[stable_hash("template", entity, kind) % len(templates)],
        answers=tuple(dict.fromkeys([*names, *others])),
        entity=entity,
        relation=kind,
        answer_entities=tuple(graph.entities.ids[tail] for tail in tails),
    )


def mark(question: Question, stated: bool) -> Question:
    """The question with its mark and its split, which hangs on its first fact's two ends."""
    split = split_of(question.facts()[0], SHARES_STATED if stated else SHARES_GRAPH_ONLY)
    return replace(question, stated_in_text=stated, split=cast(QuestionSplit, split))


def per_relation(questions: list[Question]) -> list[Question]:
    """At most `MAX_PER_RELATION` of each relation, picked by a hash of their ids."""
    by_relation: dict[str, list[Question]] = defaultdict(list)
    for question in sorted(questions, key=lambda one: stable_hash("question", one.id)):
        by_relation[question.relation].append(question)
    return [one for relation in sorted(by_relation) for one in by_relation[relation][:MAX_PER_RELATION]]


class Together:
    """Which entities some document names together, by link or by any of their names."""

    def __init__(self, graph: KnowledgeGraph, documents: list[Document]) -> None:
        self._graph = graph
        self._texts = [document.text for document in documents]
        self._naming: dict[str, set[int]] = {}
        self._linked: dict[str, set[int]] = defaultdict(set)
        for number, document in enumerate(documents):
            for link in document.links:
                self._linked[link.entity].add(number)

    def named(self, fact: Triple) -> bool:
        """Whether one document names both ends."""
        return bool(self._documents(fact.head) & self._documents(fact.tail))

    def _documents(self, entity: str) -> set[int]:
        if entity not in self._naming:
            label = self._graph.entities.label(self._graph.entity(entity))
            naming = {number for number, text in enumerate(self._texts) if label in text}
            self._naming[entity] = naming | self._linked[entity]
        return self._naming[entity]


if __name__ == "__main__":
    main(sys.argv[1])
