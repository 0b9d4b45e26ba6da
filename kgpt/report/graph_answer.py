"""What the graph itself answers to a question in words, and why it could be asked, or why not.

It is asked where the question is one of the run's, or where a linked entity and a relation's question template make up
the question's words; nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kgpt.kg import KnowledgeGraph
from kgpt.kg.following import Hop, follow, read_path
from kgpt.linking import Linker
from kgpt.records import INVERSE, Document, Link, Question
from kgpt.text import squeeze
from kgpt.verbalization.template import HEAD, shipped_templates


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """What the graph says.

    Args:
        why: why it was asked, or was not, in a sentence.
        tails: ids of the right entities with their names; none where it was not asked.
        accepted: all names that count as right.
    """

    why: str
    tails: Mapping[str, str]
    accepted: frozenset[str] = frozenset()

    @property
    def was_asked(self) -> bool:
        """Whether the graph has a say."""
        return bool(self.tails)


@dataclass(frozen=True)
class GraphAsker:
    """Asks a graph in words.

    Args:
        graph: what is asked.
        linker: finds the entity.
        questions: the run's own, bound to the graph.
    """

    graph: KnowledgeGraph
    linker: Linker
    questions: Sequence[Question]

    def ask(self, text: str) -> GraphAnswer:
        """The graph's answer to `text`."""
        if (question := self._known.get(_key(text))) and (found := self._of_question(question)):
            return found
        document = self.linker.link(Document("question", text))
        if not document.links:
            return GraphAnswer("The graph was not asked: the linker found no entity in the question.", {})
        for link in document.links:
            if found := self._by_template(document, link):
                return found
        names = ", ".join(self._named(link.entity) for link in document.links)
        why = f"The graph was not asked: linked was {names}, and no relation’s question template has the other words."
        return GraphAnswer(why, {})

    @cached_property
    def _known(self) -> dict[str, Question]:
        return {_key(question.text): question for question in self.questions if question.hops}

    @cached_property
    def _templates(self) -> dict[str, list[tuple[int, str]]]:
        """Question templates without their variation, each with the relations that it asks for."""
        templates, found = shipped_templates(), dict[str, list[tuple[int, str]]]()
        for number, identifier in enumerate(self.graph.relations.ids):
            for one in templates.of(identifier, self.graph.relations.label(number)).questions:
                found.setdefault(_key(one), []).append((number, one))
        return found

    def _of_question(self, question: Question) -> GraphAnswer | None:
        hops, start = read_path(self.graph, question.hops), self.graph.entities.ids.find(question.entity)
        if hops is None or start is None:
            return None
        path = ", then ".join(map(self._relation, question.hops))
        split = f" ({question.split} split)" if question.split else ""
        why = (
            f"This is question {question.id} of the run{split}: "
            f"the graph was followed from {self._named(question.entity)} along {path}."
        )
        return self._answer(why, start, hops, question.answers)

    def _by_template(self, document: Document, link: Link) -> GraphAnswer | None:
        pattern = _key(f"{document.text[: link.start]}{HEAD}{document.text[link.end :]}")
        start = self.graph.entity(link.entity)
        for relation, template in self._templates.get(pattern, ()):
            name = self._relation(self.graph.relations.ids[relation])
            told = template.replace(HEAD, "…")
            why = f"Linked was {self._named(link.entity)}, and “{told}” is a question template of {name}."
            if found := self._answer(why, start, (Hop(relation, is_inverse=False),), ()):
                return found
        return None

    def _answer(self, why: str, start: int, hops: Sequence[Hop], answers: Sequence[str]) -> GraphAnswer | None:
        names = self.graph.entities
        tails = follow(self.graph, start, hops).tolist()
        accepted = frozenset(answers).union(*(names.surfaces(tail) for tail in tails))
        return GraphAnswer(why, {names.ids[tail]: names.label(tail) for tail in tails}, accepted) if tails else None

    def _named(self, entity: str) -> str:
        return f"{self.graph.entities.label(self.graph.entity(entity))} ({entity})"

    def _relation(self, hop: str) -> str:
        identifier = hop.removeprefix(INVERSE)
        number = self.graph.relations.ids.find(identifier)
        label = identifier if number is None else self.graph.relations.label(number)
        return f"{label} ({identifier})" + (" backwards" if hop.startswith(INVERSE) else "")


def _key(text: str) -> str:
    """A question without what does not change it: case, blanks, the mark at its end."""
    return squeeze(text).casefold().rstrip(" ?.").replace("’", "'")
