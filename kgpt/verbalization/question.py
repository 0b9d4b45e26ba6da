"""Questions for the end of a path of relations, in the templates of the last one (ours).

The entity is told by the hops before: "Where was the one that directed Kismet born?". A hop is told by a statement
template that begins and ends with its two ends, else by the relation's label.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kgpt.kg.following import Hop
from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.template import HEAD, TAIL, RelationTemplates, Templates, fill, shipped_templates


@dataclass(frozen=True)
class QuestionWriter:
    """Writes questions with the graph's labels.

    Args:
        graph: whose relations are asked along.
        templates: per relation; one without gets a plain pattern from its label.
    """

    graph: KnowledgeGraph
    templates: Templates = field(default_factory=shipped_templates)

    def ask(self, start: str, hops: Sequence[Hop], number: int) -> str:
        """The question for what lies at the end of `hops` from the entity called `start`.

        Args:
            start: a name.
            hops: at least one.
            number: picks among the last relation's templates.
        """
        phrase = start
        for hop in hops[:-1]:
            phrase = self._phrase(hop, phrase)
        templates, label = self._of(hops[-1])
        if hops[-1].is_inverse:
            between = _between(templates.statements, HEAD, TAIL)
            return f"What {between} {phrase}?" if between else f"What has {phrase} as its {label}?"
        return fill(templates.questions[number % len(templates.questions)], head=phrase)

    def _phrase(self, hop: Hop, phrase: str) -> str:
        """An entity told by one hop from another."""
        templates, label = self._of(hop)
        ends = (HEAD, TAIL) if hop.is_inverse else (TAIL, HEAD)
        if between := _between(templates.statements, *ends):
            return f"the one that {between} {phrase}"
        return f"the one that has {phrase} as its {label}" if hop.is_inverse else f"the {label} of {phrase}"

    def _of(self, hop: Hop) -> tuple[RelationTemplates, str]:
        label = self.graph.relations.label(hop.relation)
        return self.templates.of(self.graph.relations.ids[hop.relation], label), label


def _between(statements: Sequence[str], first: str, last: str) -> str:
    """What stands between the two ends of the first statement that begins and ends with them; else empty."""
    for statement in statements:
        if statement.startswith(f"{first} ") and statement.endswith(f" {last}."):
            return statement.removeprefix(first).removesuffix(f"{last}.").strip()
    return ""
