"""Which answers the graph contradicts: they name an entity that is not among the fact's right ones.

The local closed-world assumption (Dong et al., 2014, Knowledge Vault, section 3.1): where the graph holds any tail of a
head and relation, it is taken to hold all of them. A relation with many tails may still have others, so the shares of
functional relations are the surer ones. An answer that names nothing in the graph is wrong, but not contradicted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import INVERSE, Outcome, Question
from kgpt.text import normalize_answer


@dataclass(frozen=True, slots=True)
class CheckedFact:
    """What the graph has to say on an item.

    Args:
        item: the question's or the fact's id.
        tails: ids of the entities that are right.
    """

    item: str
    tails: frozenset[str]


def question_facts(questions: Iterable[Question], graph: KnowledgeGraph) -> list[CheckedFact]:
    """The facts behind questions that the graph answers: their answer entities, and all tails that it holds."""
    found = []
    for question in questions:
        tails = set(question.answer_entities)
        if len(question.hops) == 1 and not question.hops[0].startswith(INVERSE):
            tails |= _tails(graph, question.entity, question.hops[0])
        if any(graph.entities.ids.find(one) is not None for one in tails):
            found.append(CheckedFact(question.id, frozenset(tails)))
    return found


def coverage_facts(items: Iterable[str], graph: KnowledgeGraph) -> list[CheckedFact]:
    """The facts behind items `head|relation` of the coverage task."""
    pairs = [(item, *item.rsplit("|", 1)) for item in dict.fromkeys(items)]
    found = [CheckedFact(item, frozenset(_tails(graph, head, relation))) for item, head, relation in pairs]
    return [fact for fact in found if fact.tails]


def names_of(predictions: Collection[str], graph: KnowledgeGraph) -> dict[str, frozenset[str]]:
    """Of every prediction, normalised, the ids of the entities that bear it as a name; one pass over the graph."""
    wanted = {normalize_answer(one) for one in predictions} - {""}
    found: dict[str, set[str]] = {}
    for number, identifier in enumerate(graph.entities.ids):
        for name in graph.entities.surfaces(number):
            if (plain := normalize_answer(name)) in wanted:
                found.setdefault(plain, set()).add(identifier)
    return {name: frozenset(entities) for name, entities in found.items()}


def contradicted_items(
    outcomes: Sequence[Outcome], facts: Sequence[CheckedFact], names: Mapping[str, frozenset[str]]
) -> set[str]:
    """Items whose wrong answer names entities of the graph, none of which is right.

    Args:
        outcomes: of one task in exact match, each with what was said.
        facts: what the graph has to say.
        names: from `names_of`.
    """
    right = {fact.item: fact.tails for fact in facts}
    return {
        one.item
        for one in outcomes
        if one.item in right
        and not one.value
        and (said := names.get(normalize_answer(one.predicted)))
        and not said & right[one.item]
    }


def _tails(graph: KnowledgeGraph, head: str, relation: str) -> set[str]:
    head_number, relation_number = graph.entities.ids.find(head), graph.relations.ids.find(relation)
    if head_number is None or relation_number is None:
        return set()
    rows = graph.outgoing(head_number)
    return {graph.entities.ids[int(tail)] for tail in rows[rows[:, 1] == relation_number, 2]}
