"""Triples of a graph as text, in several forms: to learn them from, to ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.linearization import linearize, linearize_inverse
from kgpt.verbalization.template import RelationTemplates, Templates, fill, shipped_templates

Form = Literal["linear", "inverse", "template"]
Hidden = Literal["head", "tail"] | None
Row = Sequence[int] | NDArray[np.int32]


@dataclass(frozen=True)
class Verbalizer:
    """Writes triples with the graph's labels."""

    graph: KnowledgeGraph
    templates: Templates = field(default_factory=shipped_templates)

    def names(self, row: Row) -> tuple[str, str, str]:
        """The labels of head, relation and tail."""
        head, relation, tail = map(int, row)
        entities = self.graph.entities
        return entities.label(head), self.graph.relations.label(relation), entities.label(tail)

    def state(self, row: Row, form: Form, rng: np.random.Generator, *, hidden: Hidden = None, mark: str = "") -> str:
        """The triple in one form; `template` draws one of the relation's sentences.

        Args:
            row: head, relation and tail by number.
            form: `linear`, `inverse` or `template`.
            rng: draws among templates.
            hidden: the side, if any, that `mark` stands in for.
            mark: what stands there.
        """
        head, relation, tail = self.names(row)
        head, tail = (mark if hidden == "head" else head), (mark if hidden == "tail" else tail)
        if form == "linear":
            return linearize(head, relation, tail)
        if form == "inverse":
            return linearize_inverse(head, relation, tail)
        statements = self._templates(row).statements
        return fill(statements[int(rng.integers(len(statements)))], head=head, tail=tail)

    def questions(self, row: Row) -> list[str]:
        """All questions that ask for the triple's tail."""
        head, _, _ = self.names(row)
        return [fill(question, head=head) for question in self._templates(row).questions]

    def _templates(self, row: Row) -> RelationTemplates:
        relation = int(row[1])
        return self.templates.of(self.graph.relations.ids[relation], self.graph.relations.label(relation))
