"""Templates cut at their two places, so that sentences are made of pieces and can be merged, listed and begun anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.english import listed, with_article
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.pieces import Mention, Piece, Pieces, capitalized
from kgpt.verbalization.template import HEAD, TAIL, Templates, shipped_templates


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that asserts a triple: text, one end, text, the other end, text.

    Args:
        before: up to the first end.
        between: up to the second.
        after: the rest, with its full stop.
        is_head_first: whether the first end is the head.
    """

    before: str
    between: str
    after: str
    is_head_first: bool

    @classmethod
    def of(cls, template: str) -> "Statement":
        """The statement of a template with one `[H]` and one `[T]`.

        >>> Statement.of("The capital of [H] is [T].")
        Statement(before='The capital of ', between=' is ', after='.', is_head_first=True)
        """
        is_head_first = template.index(HEAD) < template.index(TAIL)
        first, second = (HEAD, TAIL) if is_head_first else (TAIL, HEAD)
        before, rest = template.split(first)
        between, after = rest.split(second)
        return cls(before, between, after, is_head_first)

    @property
    def is_led(self) -> bool:
        """Whether the head is the sentence's subject: it stands first, by itself."""
        return self.is_head_first and not self.before and self.between.startswith(" ") and self.after == "."

    def pieces(self, head: Mention, tails: Sequence[Mention]) -> list[Piece]:
        """The sentence; several tails need a statement whose head is first."""
        if self.is_head_first:
            text = [with_article(self.before, head.name), head, *self._said_of(tails), self.after]
        else:
            (tail,) = tails
            between = with_article(self.between, head.name)
            text = [with_article(self.before, tail.name), tail, between, head, self.after]
        return capitalized([piece for piece in text if piece])

    def predicate(self, tails: Sequence[Mention]) -> list[Piece]:
        """What a led statement says of its head, without the full stop: " was born in X"."""
        assert self.is_led
        return self._said_of(tails)

    def _said_of(self, tails: Sequence[Mention]) -> list[Piece]:
        between = with_article(self.between, tails[0].name)
        return [between, *listed(tails, has_article=between.endswith((" a ", " an ")))]


class StatementBook:
    """The statements of a graph's relations, cut once.

    Args:
        graph: whose relations.
        templates: what is said with them.
    """

    def __init__(self, graph: KnowledgeGraph, templates: Templates | None = None) -> None:
        self.graph = graph
        self.names = GraphNames(graph)
        self._templates = shipped_templates() if templates is None else templates

    def of(self, relation: int) -> tuple[Statement, ...]:
        """All statements of a relation."""
        return self._statements[relation]

    def led(self, relation: int) -> tuple[Statement, ...]:
        """Those whose subject is the head."""
        return self._led[relation]

    def draw(self, relation: int, rng: np.random.Generator) -> Statement:
        """One of them, each equally likely."""
        known = self._statements[relation]
        return known[int(rng.random() * len(known))]

    def sentence(self, row: Sequence[int], rng: np.random.Generator) -> list[Piece]:
        """One triple as one sentence."""
        head, relation, tail = row
        return self.draw(relation, rng).pieces(self.names.mention(head), [self.names.mention(tail)])

    @cached_property
    def _statements(self) -> list[tuple[Statement, ...]]:
        ids, labels = self.graph.relations.ids, self.names.relations
        return [
            tuple(map(Statement.of, self._templates.of(ids[number], labels[number]).statements))
            for number in range(self.graph.num_relations)
        ]

    @cached_property
    def _led(self) -> list[tuple[Statement, ...]]:
        return [tuple(one for one in known if one.is_led) for known in self._statements]


def spaced(sentences: Sequence[Pieces]) -> list[Piece]:
    """Sentences as one text, a blank between."""
    out: list[Piece] = []
    for place, sentence in enumerate(sentences):
        out += [" ", *sentence] if place else sentence
    return out
