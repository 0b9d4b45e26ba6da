"""Passages to be turned into their facts: triples, typed entities, the relation of two mentions (Wang et al., 2022)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.structure_format import StructureFormat, StructureTask, WordFact, Words
from kgpt.verbalization.english import INSTANCE_LABELS, relations_called
from kgpt.verbalization.structure import INSTANCE_OF, unmarked


@dataclass(frozen=True, kw_only=True)
class StructureStream:
    """Every passage that has facts, asked for those of one kind.

    Args:
        facts: the passages with what may be told of them; their graph also gives the types of entities.
        form: how sentences and facts are written.
        tasks: drawn from alike among those that a passage has facts for.
        max_facts: of one passage.
    """

    facts: AlignedFacts
    form: StructureFormat
    tasks: tuple[StructureTask, ...] = ("triple", "entity", "relation")
    max_facts: int = 16

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def passages(self) -> PassageStore:
        """Whose records these are."""
        return self.facts.passages

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage and one kind of its facts."""
        passage = int(self._kept[index])
        words = self.facts.passages.word_ids(passage)
        triples, entities = self.triple_facts(passage), self.entity_facts(passage)
        kinds = [task for task in self.tasks if (entities if task == "entity" else triples)]
        if not kinds:  # only facts that no structure can hold
            return self._sequence(self.form.source(self.tasks[0], words), [])
        task = kinds[int(rng.random() * len(kinds))]
        if task != "relation":
            return self._sequence(self.form.source(task, words), triples if task == "triple" else entities)
        asked = triples[int(rng.random() * len(triples))]
        return self._sequence(self.form.source(task, words, ends=(asked[0], asked[2])), [asked])

    def triple_facts(self, passage: int) -> list[WordFact]:
        """The triples of a passage, in the order of their heads and tails in it."""
        places, words = self._places(passage), self.facts.passages.word_ids(passage)
        found: list[tuple[tuple[int, int], WordFact]] = []
        for head, relation, tail in self.facts.of(passage):
            if head not in places:
                continue
            start, end = places[head]
            other = places.get(tail)
            ids = words[slice(*other)] if other else self._label(tail)
            fact = (words[start:end], self.facts.graph.relations.label(relation), ids)
            if self.form.is_plain(fact[0]) and self.form.is_plain(fact[2]):
                found.append(((start, other[0] if other else len(words)), fact))
        found.sort(key=lambda one: one[0])
        return [fact for _, fact in found[: self.max_facts]]

    def entity_facts(self, passage: int) -> list[WordFact]:
        """The mentions of a passage whose entity has a type, in reading order."""
        words, found = self.facts.passages.word_ids(passage), list[WordFact]()
        for entity, (start, end) in self._places(passage).items():
            kind = int(self.types[entity])
            if kind >= 0 and self.form.is_plain(words[start:end]):
                found.append((words[start:end], INSTANCE_OF, self._label(kind)))
        return found[: self.max_facts]

    @cached_property
    def types(self) -> NDArray[np.int64]:
        """The type of every entity, of several the commonest, -1 for none, [E]."""
        graph = self.facts.graph
        kinds = relations_called(graph, {"P31"}, INSTANCE_LABELS)
        rows = graph.triples[np.isin(graph.triples[:, 1], kinds)]
        common = np.bincount(rows[:, 2], minlength=graph.num_entities)
        order = np.lexsort((-rows[:, 2], common[rows[:, 2]]))
        out = np.full(graph.num_entities, -1, np.int64)
        out[rows[order, 0]] = rows[order, 2]  # of several the last stays: the commonest
        return out

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        """The passages that have a fact of any asked kind."""
        store, size = self.facts.passages, self.facts.graph.num_entities
        owners = np.repeat(np.arange(len(store)), np.diff(store.anchor_indptr))
        entities = np.asarray(store.anchors[:, 2], np.int64)
        found: list[NDArray[np.int64]] = []
        if set(self.tasks) & {"triple", "relation"}:
            anchored = np.isin(self.facts.owners * size + self.facts.rows[:, 0], owners * size + entities)
            found.append(self.facts.owners[anchored])
        if "entity" in self.tasks:
            found.append(owners[self.types[entities] >= 0])
        return np.unique(np.concatenate(found)).astype(np.int64)

    def _places(self, passage: int) -> dict[int, tuple[int, int]]:
        """Where each entity is first mentioned."""
        out: dict[int, tuple[int, int]] = {}
        for anchor in self.facts.passages.anchors_of(passage):
            out.setdefault(anchor.entity, (anchor.start, anchor.end))
        return out

    def _label(self, entity: int) -> Words:
        return self.form.encoded(f" {unmarked(self.facts.graph.entities.label(entity))}")

    def _sequence(self, source: Words, facts: list[WordFact]) -> Sequence:
        return plain_sequence(source, decoder_targets=self.form.target(facts)[: self.form.max_tokens])
