"""The names of a graph's entities and relations by number, read once; and names that no two entities share."""

from collections import Counter
from functools import cached_property

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.pieces import Mention

INVERSE = "inverse of {}"
_MAX_KEPT = 2**20


class GraphNames:
    """Labels by number, kept as they are asked for.

    Args:
        graph: whose names.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self._mentions: dict[int, Mention] = {}

    def mention(self, entity: int) -> Mention:
        """An entity with its label."""
        found = self._mentions.get(entity)
        if found is None:
            if len(self._mentions) >= _MAX_KEPT:
                self._mentions.clear()
            found = self._mentions[entity] = Mention(entity, self.graph.entities.label(entity))
        return found

    @cached_property
    def relations(self) -> list[str]:
        """The label of every relation."""
        return [self.graph.relations.label(number) for number in range(self.graph.num_relations)]

    @cached_property
    def inverses(self) -> list[str]:
        """What every relation is called when it is read from its tail (ours; SKILL has no inverse)."""
        return [INVERSE.format(label) for label in self.relations]


def unique_names(graph: KnowledgeGraph) -> list[str]:
    """A name for every entity that no other bears: label, else label and description, else label and id.

    As KGT5 (Saxena et al., 2022, section 3.2), whose entities are told apart by description, then by id.
    """
    entities, numbers = graph.entities, range(graph.num_entities)
    labels = [entities.label(number) for number in numbers]
    named = Counter(labels)
    described = [f"{labels[n]} ({text})" if (text := entities.descriptions[n]) else "" for n in numbers]
    taken = Counter(described[n] for n in numbers if named[labels[n]] > 1)
    return [
        labels[n]
        if named[labels[n]] == 1
        else described[n]
        if described[n] and taken[described[n]] == 1 and described[n] not in named
        else f"{labels[n]} ({entities.ids[n]})"
        for n in numbers
    ]
