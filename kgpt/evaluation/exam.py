"""What a model is asked about: a graph, questions, texts; the same for every arm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kgpt.errors import ConfigError
from kgpt.evaluation.facts import AskedFact, FactSubsets, asked_facts
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import pair_key
from kgpt.records import AlignedPassage, Document, Question

DATA_DIR = "{data_dir}"
ALL = "all"
"""The subset of every item."""
OF_SET = "set:"
"""Begins the subset of the questions of one set, where several are asked."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Exam:
    """What there is to ask about; a task takes what it needs.

    Args:
        facts: the true graph and the subsets of its facts; None where there is no graph.
        questions: with their splits; those of `test` are asked, or all where none is.
        documents: texts that no model was trained on.
        passages: texts with the facts they state.
        max_facts: facts asked by a task that asks for facts.
        data_dir: stands for `{data_dir}` in the paths of tasks.
    """

    facts: FactSubsets | None = None
    questions: tuple[Question, ...] = ()
    documents: tuple[Document, ...] = ()
    passages: tuple[AlignedPassage, ...] = field(default=(), repr=False)
    max_facts: int = 400
    data_dir: str = ""

    @property
    def known(self) -> FactSubsets:
        """The true graph, and the subsets of its facts.

        Raises:
            ConfigError: there is none.
        """
        if self.facts is None:
            raise ConfigError("this task needs a graph; add --graph DIR (a folder of `kgpt graph build`)")
        return self.facts

    @property
    def graph(self) -> KnowledgeGraph:
        """The true graph.

        Raises:
            ConfigError: there is none.
        """
        return self.known.graph

    @property
    def trained_graph(self) -> KnowledgeGraph:
        """The true graph less the triples that no arm was trained on.

        Raises:
            ConfigError: there is no graph.
        """
        graph = self.graph
        held = {row for triple in self.known.held_out if (row := graph.numbers(triple)) is not None}
        if not held:
            return graph
        is_kept = np.fromiter((tuple(row) not in held for row in graph.triples.tolist()), np.bool_, graph.num_triples)
        return graph.with_triples(graph.triples[is_kept])

    def split(self, split: str) -> list[Question]:
        """The questions of one split."""
        return [question for question in self.questions if question.split == split]

    @property
    def test(self) -> list[Question]:
        """What is asked: the test questions, or all where none has a split."""
        return self.split("test") or [question for question in self.questions if question.split is None]

    def asked(self, *, but_trained: bool = False) -> list[AskedFact]:
        """The facts to ask for; with `but_trained` none between two entities that a train question joins.

        Raises:
            ConfigError: there is no graph.
        """
        trained = {pair_key(fact) for one in self.split("train") for fact in one.facts()} if but_trained else ()
        return asked_facts(self.graph, self.known, max_facts=self.max_facts, leave_out=trained)

    def question_subsets(self, questions: Sequence[Question]) -> list[tuple[str, ...]]:
        """For every question the subsets it counts in besides `all`."""
        has_hops = any(len(question.hops) > 1 for question in self.questions)
        has_sets = len({question.source for question in self.questions}) > 1
        return [tuple(self._subsets_of(one, has_hops=has_hops, has_sets=has_sets)) for one in questions]

    def _subsets_of(self, question: Question, *, has_hops: bool, has_sets: bool) -> list[str]:
        found = [f"{OF_SET}{question.source}"] if has_sets else []
        if question.stated_in_text is not None:
            found.append("stated_in_text" if question.stated_in_text else "graph_only")
        if self.facts is not None:
            found.append("popular" if self.facts.popular.get(question.entity) else "rare")
        if question.popularity is not None:
            found.append(f"popularity_1e{len(str(int(question.popularity))) - 1}")
        if question.hops:
            found.append(f"relation:{'/'.join(question.hops)}")
        return [*found, *([f"hop_{len(question.hops)}"] if has_hops else [])]

    def path(self, place: str, *, setting: str) -> Path:
        """A path of a task's settings with the data folder put in.

        Raises:
            ConfigError: it is empty, or needs a data folder that was not given.
        """
        if not place:
            raise ConfigError(f"{setting}: this task needs a path here")
        if DATA_DIR in place and not self.data_dir:
            raise ConfigError(f"{setting}: {place!r} needs the data folder; add --set data_dir=PATH")
        return Path(place.replace(DATA_DIR, self.data_dir))
