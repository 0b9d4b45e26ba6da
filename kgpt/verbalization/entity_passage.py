"""Passages about an entity, or about two entities and what joins them, from the graph alone.

After EntiGraph (Yang et al., 2024), which has a language model write about entities and pairs of entities of a text.
Here the graph says what is so and templates say how: no outside model is asked, and nothing is said but triples.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import numbered_pairs
from kgpt.verbalization.aggregation import TemplateWriter
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.neighborhood import Neighbor
from kgpt.verbalization.path import Path, PathWalker
from kgpt.verbalization.pieces import Mention, Piece, capitalized
from kgpt.verbalization.statement import StatementBook, spaced
from kgpt.verbalization.template import noun_of

_MAX_LOOKED_AT = 256


@dataclass(frozen=True, kw_only=True)
class EntityPassages:
    """A passage for every entity that has triples; some are about it and another at most `max_hops` away.

    Args:
        graph: what is so; nothing else is seen.
        pair_prob: how often a passage is about a pair.
        max_hops: of the path that joins a pair.
        max_triples: stated of an entity.
        max_shared: common neighbours named of a pair.
        kept_out: pairs of entities (`pair_key`) that an exam asks about: no passage joins such a pair by several hops.
    """

    graph: KnowledgeGraph
    pair_prob: float = 0.5
    max_hops: int = 2
    max_triples: int = 6
    max_shared: int = 2
    kept_out: frozenset[tuple[str, str]] = frozenset()
    book: StatementBook = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", StatementBook(self.graph))

    def __len__(self) -> int:
        return len(self._entities)

    def pieces(self, index: int, rng: np.random.Generator) -> list[Piece]:
        """The passage about one entity, alone or with another."""
        entity = int(self._entities[index])
        if rng.random() < self.pair_prob:
            num_hops = 1 + int(rng.random() * self.max_hops)
            path = self._walker.from_entity(entity, num_hops, rng)
            if path.hops:
                return self.about_pair(path, rng)
        return self.about_entity(entity, rng)

    def about_entity(self, entity: int, rng: np.random.Generator) -> list[Piece]:
        """What the graph says of an entity: its own triples together, then those in which it is the tail."""
        edges = self._edges(entity, rng)
        own = [(entity, edge.relation, edge.entity) for edge in edges if not edge.is_reverse]
        others = [(edge.entity, edge.relation, entity) for edge in edges if edge.is_reverse]
        parts = [self._writer.pieces(own, rng)] if own else []
        parts += [self.book.sentence(row, rng) for row in others]
        return spaced(parts)

    def about_pair(self, path: Path, rng: np.random.Generator) -> list[Piece]:
        """How two entities are joined: every step, both steps in one sentence, what else they have in common."""
        parts = [self.book.sentence(row, rng) for row in _rows(path)]
        first, last = path.start, path.entities[-1]
        if len(path.hops) > 1:
            joint = self._joint(path, rng)
            parts.insert(0 if rng.random() < 0.5 else len(parts), joint)
        parts += [self._shared_sentence(first, last, row, rng) for row in self._shared(first, last, rng)]
        return spaced(parts)

    def _edges(self, entity: int, rng: np.random.Generator) -> list[Neighbor]:
        graph = self.graph
        first, start = int(graph.head_indptr[entity]), int(graph.tail_indptr[entity])
        num_out = int(graph.head_indptr[entity + 1]) - first
        total = num_out + int(graph.tail_indptr[entity + 1]) - start
        found = []
        for place in _some(total, self.max_triples, rng):
            row = first + place if place < num_out else int(graph.by_tail[start + place - num_out])
            head, relation, tail = graph.triples[row].tolist()
            found.append(Neighbor(relation, place >= num_out, tail if place < num_out else head))
        return found

    def _joint(self, path: Path, rng: np.random.Generator) -> list[Piece]:
        """Several steps in one sentence: "The r2 of the r1 of A is C.", or who joins the two."""
        mention, names = self._names.mention, self._names.relations
        first, last = mention(path.start), mention(path.entities[-1])
        nouns = [noun_of(names[relation]) for relation, is_inverse, _ in reversed(path.hops) if not is_inverse]
        if len(nouns) == len(path.hops) and all(nouns) and rng.random() < 0.7:
            chain = " of the ".join(nouns)
            return [f"The {chain} of ", first, " is ", last, "."]
        between = mention(path.entities[1])
        forms: tuple[list[Piece], ...] = (
            [first, " and ", last, " are connected through ", between, "."],
            ["It is ", between, " that links ", first, " with ", last, "."],
            [first, " leads to ", last, " by way of ", between, "."],
        )
        return capitalized(forms[int(rng.random() * len(forms))])

    def _shared(self, one: int, other: int, rng: np.random.Generator) -> list[tuple[int, int, bool]]:
        """Triples alike but for `one` and `other`: relation, the common neighbour, whether that is the head.

        Those alone whose relation is a noun, which can be had in common.
        """
        if one == other:
            return []
        shared = sorted(self._around(one) & self._around(other))
        common = [told for told in shared if noun_of(self._names.relations[told[0]])]
        return [common[place] for place in _some(len(common), self.max_shared, rng)]

    def _around(self, entity: int) -> set[tuple[int, int, bool]]:
        graph = self.graph
        out = graph.triples[int(graph.head_indptr[entity]) : int(graph.head_indptr[entity + 1])][:_MAX_LOOKED_AT]
        start = int(graph.tail_indptr[entity])
        rows = graph.by_tail[start : min(int(graph.tail_indptr[entity + 1]), start + _MAX_LOOKED_AT)]
        told = {(relation, tail, False) for _, relation, tail in out.tolist()}
        return told | {(relation, head, True) for head, relation, _ in graph.triples[rows].tolist()}

    def _shared_sentence(
        self, one: int, other: int, shared: tuple[int, int, bool], rng: np.random.Generator
    ) -> list[Piece]:
        relation, neighbor, is_head = shared
        first, second = self._names.mention(one), self._names.mention(other)
        if rng.random() < 0.5:
            first, second = second, first
        common, label = self._names.mention(neighbor), noun_of(self._names.relations[relation])
        return capitalized(_comparison(first, second, common, label, is_head=is_head, form=int(rng.random() * 2)))

    @cached_property
    def _entities(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.graph.degrees)

    @cached_property
    def _names(self) -> GraphNames:
        return self.book.names

    @cached_property
    def _walker(self) -> PathWalker:
        return PathWalker(self.graph, apart=numbered_pairs(self.graph, self.kept_out))

    @cached_property
    def _writer(self) -> TemplateWriter:
        return TemplateWriter(self.book)


def _comparison(
    first: Mention, second: Mention, common: Mention, label: str, *, is_head: bool, form: int
) -> list[Piece]:
    """What two entities have in common, in one of two forms a direction."""
    if is_head:
        if form:
            return [common, " has both ", first, " and ", second, f" as {label}."]
        return ["Both ", first, " and ", second, f" are the {label} of ", common, "."]
    if form:
        return [first, " and ", second, f" have the same {label}: ", common, "."]
    return ["Like ", first, ", ", second, f" has the {label} ", common, "."]


def _rows(path: Path) -> list[tuple[int, int, int]]:
    """The triples a path goes along."""
    here, rows = path.start, []
    for relation, is_inverse, there in path.hops:
        rows.append((there, relation, here) if is_inverse else (here, relation, there))
        here = there
    return rows


def _some(total: int, wanted: int, rng: np.random.Generator) -> list[int]:
    """Up to `wanted` of the numbers below `total`, in random order, without repeats."""
    if total <= 4 * wanted:
        found: list[int] = rng.permutation(total).tolist()
        return found[:wanted]
    return list(dict.fromkeys(rng.integers(0, total, wanted).tolist()))
