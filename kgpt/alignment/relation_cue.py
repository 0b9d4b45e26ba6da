"""Words that hint at a relation: those of its names, by their beginnings."""

from dataclasses import dataclass, field
from functools import cached_property

from kgpt.kg.graph import KnowledgeGraph
from kgpt.text import words

_STEM_CHARS = 5
_MIN_CHARS = 4


@dataclass(frozen=True)
class RelationCues:
    """For every relation of a graph the stems of its label's and aliases' words; a stem is a word's first letters."""

    graph: KnowledgeGraph
    _stems: dict[int, frozenset[str]] = field(default_factory=dict)

    def stand_in(self, relation: int, text: str) -> bool:
        """Whether any word of the relation's names stands in `text`."""
        return not self._of(relation).isdisjoint(stems(text))

    def _of(self, relation: int) -> frozenset[str]:
        if relation not in self._stems:
            names = self.graph.relations.surfaces(relation)
            self._stems[relation] = frozenset(stem for name in names for stem in stems(name)) - self._common
        return self._stems[relation]

    @cached_property
    def _common(self) -> frozenset[str]:
        """Stems of so many relations that they tell none apart."""
        labels = [stems(self.graph.relations.label(number)) for number in range(self.graph.num_relations)]
        counts: dict[str, int] = {}
        for stem in (stem for found in labels for stem in found):
            counts[stem] = counts.get(stem, 0) + 1
        return frozenset(stem for stem, count in counts.items() if count > max(10, self.graph.num_relations // 20))


def stems(text: str) -> frozenset[str]:
    """The first letters of the words of `text`, short words passed over, in lower case."""
    return frozenset(word[:_STEM_CHARS].lower() for word in words(text) if len(word) >= _MIN_CHARS)
