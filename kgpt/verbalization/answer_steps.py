"""Answers of several hops told step by step: "Kismet | 1944" names what lies on the way (ours).

A model that knows single facts can chain them as it writes, where one that must say the end at once has to know every
chain by heart (the idea of Wei et al., 2022, chain-of-thought prompting, on a graph's own paths).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgpt.kg.following import read_path, way
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import numbered_pairs
from kgpt.records import Question
from kgpt.verbalization.path import joins

_MARK = "|"
STEP = f" {_MARK} "
_TRIES = 8


def in_steps(names: Sequence[str]) -> str:
    """Names from the first hop's end to the last one's, as one answer.

    >>> in_steps(["Kismet", "1944"])
    'Kismet | 1944'
    """
    return STEP.join(names)


def last_step(text: str) -> str:
    """What an answer in steps arrives at; an answer without steps is itself.

    >>> last_step("Kismet | 1944")
    '1944'
    """
    return text.rsplit(_MARK, maxsplit=1)[-1].strip()


@dataclass(frozen=True)
class StepTeller:
    """Tells the ways from questions of several hops to their answers.

    Args:
        graph: to find the ways in.
        kept_out: pairs of entities (`pair_key`) that an exam asks about: a way that joins any over several hops is not
            told.
    """

    graph: KnowledgeGraph
    kept_out: frozenset[tuple[str, str]] = frozenset()

    def tell(self, question: Question, place: int, rng: np.random.Generator) -> str:
        """A way to the answer at `place`, one of those that may be told; empty where none is found in eight draws."""
        if len(question.hops) < 2 or place >= len(question.answer_entities):
            return ""
        hops, find = read_path(self.graph, question.hops), self.graph.entities.ids.find
        start, end = find(question.entity), find(question.answer_entities[place])
        if hops is None or start is None or end is None:
            return ""
        for _ in range(_TRIES):
            found = way(self.graph, start, hops, end, rng)
            if not found:
                break
            if not joins((start, *found), self._apart):
                return in_steps([self.graph.entities.label(one) for one in found])
        return ""

    @cached_property
    def _apart(self) -> frozenset[tuple[int, int]]:
        return numbered_pairs(self.graph, self.kept_out)
