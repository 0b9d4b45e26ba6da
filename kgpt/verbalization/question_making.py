"""Questions of one, two and three hops from any graph: an own exam for an own graph. Ours.

For each entity the paths of relations that lead somewhere are followed, in both directions. A path makes a question
where it has few answers, where it does not only lead back, and where no shorter path from the same entity has the
same answers (a shortcut would make several hops one). Names that two entities share are not asked about. The graph's
own arrays are walked: networkx looks up some twenty thousand nodes a second, which is too slow for a graph of millions.

How questions are worded: `kgpt.verbalization.question`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.following import Hop
from kgpt.kg.graph import KnowledgeGraph
from kgpt.progress import track
from kgpt.randomness import hash_sample, stable_hash
from kgpt.records import INVERSE, Question
from kgpt.verbalization.question import QuestionWriter
from kgpt.verbalization.template import Templates, shipped_templates

Path = tuple[Hop, ...]


@dataclass(frozen=True, kw_only=True)
class QuestionMaker:
    """Makes questions about a graph.

    Args:
        graph: what they are about.
        num_hops: which numbers of hops are asked.
        max_answers: a path with more answers is not asked.
        max_frontier: a path through more entities at once is not followed.
        max_per_path: questions of one path of relations, picked by a hash of their ids.
        templates: per relation; one without gets a plain pattern from its label.
    """

    graph: KnowledgeGraph
    num_hops: tuple[int, ...] = (1, 2, 3)
    max_answers: int = 5
    max_frontier: int = 20
    max_per_path: int = 100
    templates: Templates = field(default_factory=shipped_templates)

    def questions(self) -> list[Question]:
        """The questions, by id; no split is set."""
        by_path: dict[tuple[str, ...], list[Question]] = defaultdict(list)
        entities = [number for number in range(self.graph.num_entities) if self._is_named(number)]
        for entity in track(entities, what="questions", total=len(entities)):
            for question in self.about(entity):
                by_path[question.path].append(question)
        picked = [
            question
            for found in by_path.values()
            for question in hash_sample(found, self.max_per_path, keys=lambda one: ("exam", one.id))
        ]
        return sorted(picked, key=lambda question: question.id)

    def about(self, entity: int) -> Iterator[Question]:
        """All questions about one entity."""
        told = set[tuple[int, ...]]()
        for path, ends in self._paths(entity):
            answers = ends[ends != entity]
            if not 0 < len(answers) <= self.max_answers or (key := tuple(answers.tolist())) in told:
                continue
            told.add(key)
            if len(path) in self.num_hops and all(map(self._is_named, key)):
                yield self._question(entity, path, key)

    def _paths(self, entity: int) -> Iterator[tuple[Path, NDArray[np.int32]]]:
        """Every path from an entity with where it ends, shorter ones first."""
        layer: list[tuple[Path, NDArray[np.int32]]] = [((), np.array([entity], np.int32))]
        for _ in range(max(self.num_hops)):
            fresh = []
            for path, here in layer:
                for hop in self._hops_from(here):
                    fresh.append(((*path, hop), hop.end(hop.from_all(self.graph, here))))
            yield from fresh
            layer = [(path, ends) for path, ends in fresh if len(ends) <= self.max_frontier]

    def _hops_from(self, entities: NDArray[np.int32]) -> list[Hop]:
        """The relations that lead on from any of some entities, one from a hub left out."""
        found = set[tuple[int, bool]]()
        for entity in entities.tolist():
            for is_inverse, rows in ((False, self.graph.outgoing(entity)), (True, self.graph.incoming(entity))):
                relations, counts = np.unique(rows[:, 1], return_counts=True)
                kept = relations[counts <= self.max_frontier]
                found |= {(relation, is_inverse) for relation in kept.tolist()}
        return [Hop(relation, is_inverse) for relation, is_inverse in sorted(found)]

    def _question(self, entity: int, path: Path, answers: Sequence[int]) -> Question:
        graph = self.graph
        steps = tuple(f"{INVERSE if hop.is_inverse else ''}{graph.relations.ids[hop.relation]}" for hop in path)
        names = dict.fromkeys(graph.entities.label(one) for one in answers)
        names |= dict.fromkeys(name for one in answers for name in graph.entities.surfaces(one))
        identifier = f"{graph.entities.ids[entity]}|{'/'.join(steps)}"
        return Question(
            id=identifier,
            text=self._writer.ask(graph.entities.label(entity), path, stable_hash("template", identifier)),
            answers=tuple(names),
            entity=graph.entities.ids[entity],
            relation=steps[0] if len(steps) == 1 else "",
            answer_entities=tuple(graph.entities.ids[one] for one in answers),
            path=steps,
        )

    def _is_named(self, entity: int) -> bool:
        label = self.graph.entities.label(entity)
        return bool(label) and self._counts[label] == 1

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.graph.entities.label(number) for number in range(self.graph.num_entities))

    @cached_property
    def _writer(self) -> QuestionWriter:
        return QuestionWriter(self.graph, self.templates)
