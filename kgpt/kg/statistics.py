"""What can be counted in a graph: degrees, relations and what they imply, literals, names by language.

Shapes: E entities, T triples, R relations.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph, Names
from kgpt.kg.relation_ends import RelationEnds
from kgpt.kg.values import ValueType

_CHUNK_ROWS = 1 << 20
_PERCENTILES = (50, 90, 99, 99.9)


@dataclass(frozen=True, slots=True)
class RelationCount:
    """One relation's share of the graph."""

    id: str
    label: str
    num_triples: int
    num_heads: int
    num_tails: int


@dataclass(frozen=True, slots=True)
class RelationTrait:
    """How far a relation behaves as a function.

    Args:
        id: of the relation.
        num_literals: facts of it whose value is no entity.
        functional: share of its heads that have one tail.
        inverse_functional: share of its tails that have one head.
    """

    id: str
    num_literals: int
    functional: float
    inverse_functional: float


@dataclass(frozen=True, slots=True)
class InverseRule:
    """A relation whose triples hold the other way round by another relation, or by itself (a symmetric relation).

    Args:
        relation: id.
        inverse: id of the other.
        support: triples (h, relation, t) for which (t, inverse, h) holds.
        confidence: their share of the relation's triples (Galárraga et al., 2013, standard confidence); triples from
            an entity to itself count neither here nor there.
    """

    relation: str
    inverse: str
    support: int
    confidence: float


@dataclass(frozen=True, slots=True)
class LanguageCoverage:
    """How many entities have a name in a language."""

    language: str
    num_labels: int
    num_with_aliases: int
    num_descriptions: int
    num_titles: int


@dataclass(frozen=True, slots=True)
class DegreeSummary:
    """How many triples the entities are an end of.

    Args:
        mean: over all entities.
        percentiles: by the share of entities below, in percent.
        most: id, label and degree of the entities with most triples, the highest first.
        histogram: number of entities by degree; degrees are gathered as `[1, 2), [2, 4), [4, 8)` ..., 0 by itself.
    """

    mean: float
    percentiles: Mapping[str, float]
    most: tuple[tuple[str, str, int], ...]
    histogram: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GraphStatistics:
    """All that `kgpt graph stats` tells."""

    num_entities: int
    num_relations: int
    num_triples: int
    num_literals: int
    num_qualifiers: int
    degrees: DegreeSummary
    relations: tuple[RelationCount, ...]
    traits: tuple[RelationTrait, ...]
    symmetric: tuple[InverseRule, ...]
    inverse: tuple[InverseRule, ...]
    literals: Mapping[str, int]
    languages: tuple[LanguageCoverage, ...]


def graph_statistics(
    graph: KnowledgeGraph, *, min_support: int = 10, min_confidence: float = 0.5, num_most: int = 10
) -> GraphStatistics:
    """Everything counted.

    Args:
        graph: what is counted.
        min_support: triples behind a symmetric relation or a pair of inverses.
        min_confidence: share of a relation's triples behind it, in [0, 1].
        num_most: how many entities of the highest degree are told.
    """
    rules = inverse_rules(graph, min_support=min_support, min_confidence=min_confidence)
    return GraphStatistics(
        num_entities=graph.num_entities,
        num_relations=graph.num_relations,
        num_triples=graph.num_triples,
        num_literals=len(graph.literals),
        num_qualifiers=len(graph.qualifiers),
        degrees=degree_summary(graph, num_most=num_most),
        relations=tuple(relation_counts(graph)),
        traits=tuple(relation_traits(graph)),
        symmetric=tuple(rule for rule in rules if rule.relation == rule.inverse),
        inverse=tuple(rule for rule in rules if rule.relation != rule.inverse),
        literals=literal_kinds(graph),
        languages=tuple(language_coverage(graph)),
    )


def relation_counts(graph: KnowledgeGraph) -> list[RelationCount]:
    """Every relation with its triples, distinct heads and distinct tails, the largest first."""
    counts = np.bincount(graph.triples[:, 1], minlength=graph.num_relations).tolist()
    heads, tails = graph.relation_heads.counts.tolist(), graph.relation_tails.counts.tolist()
    rows = [
        RelationCount(identifier, graph.relations.label(number), counts[number], heads[number], tails[number])
        for number, identifier in enumerate(graph.relations.ids)
    ]
    return sorted(rows, key=lambda row: (-row.num_triples, row.id))


def relation_traits(graph: KnowledgeGraph) -> list[RelationTrait]:
    """Of every relation, in the order of `relation_counts`, how far it is a function each way."""
    literals = np.bincount(graph.literals.relations, minlength=graph.num_relations).tolist()
    functional, inverse = _single_frac(graph.relation_heads), _single_frac(graph.relation_tails)
    numbers = {identifier: number for number, identifier in enumerate(graph.relations.ids)}
    return [
        RelationTrait(row.id, literals[number], functional[number], inverse[number])
        for row in relation_counts(graph)
        for number in [numbers[row.id]]
    ]


def inverse_rules(graph: KnowledgeGraph, *, min_support: int = 10, min_confidence: float = 0.5) -> list[InverseRule]:
    """Symmetric relations and inverse pairs that the triples show, the best supported first."""
    heads, tails = graph.triples[:, 0], graph.triples[:, 2]
    bodies = np.bincount(graph.triples[heads != tails, 1], minlength=graph.num_relations)
    keys, counts = _turned_round(graph)
    rules = []
    for key, support in zip(keys.tolist(), counts.tolist(), strict=True):
        relation, inverse = divmod(key, graph.num_relations)
        confidence = support / int(bodies[relation])
        if support >= min_support and confidence >= min_confidence:
            rules.append(InverseRule(graph.relations.ids[relation], graph.relations.ids[inverse], support, confidence))
    return sorted(rules, key=lambda rule: (-rule.support, rule.relation, rule.inverse))


def degree_summary(graph: KnowledgeGraph, *, num_most: int = 10) -> DegreeSummary:
    """The distribution of degrees."""
    degrees = graph.degrees
    most = np.argsort(-degrees, kind="stable")[:num_most].tolist()
    bins = np.where(degrees > 0, np.frexp(degrees.astype(float))[1], 0)
    return DegreeSummary(
        mean=float(degrees.mean()) if len(degrees) else 0.0,
        percentiles={f"{share:g}": float(np.percentile(degrees, share)) for share in _PERCENTILES if len(degrees)},
        most=tuple((graph.entities.ids[one], graph.entities.label(one), int(degrees[one])) for one in most),
        histogram=tuple((2 ** (place - 1) if place else 0, n) for place, n in enumerate(np.bincount(bins).tolist())),
    )


def literal_kinds(graph: KnowledgeGraph) -> Mapping[str, int]:
    """Literals by their kind."""
    counts = np.bincount(graph.literals.types, minlength=len(graph.literals.type_names)).tolist()
    kinds: dict[str, int] = {}
    for text, count in zip(graph.literals.type_names, counts, strict=True):
        kind = ValueType.parse(text).kind
        kinds[kind] = kinds.get(kind, 0) + count
    return kinds


def language_coverage(graph: KnowledgeGraph) -> list[LanguageCoverage]:
    """How many entities are named in each language, the main one first."""

    def row(language: str, names: Names) -> LanguageCoverage:
        heaps = (names.labels, names.aliases, names.descriptions, names.titles)
        return LanguageCoverage(language, *(int((np.diff(heap.offsets) > 0).sum()) for heap in heaps))

    return [row(graph.language, graph.entities), *(row(*pair) for pair in graph.translations.items())]


def popular_entities(graph: KnowledgeGraph) -> Mapping[str, bool]:
    """For every entity, whether its degree is above the median of the entities that have one."""
    degrees = graph.degrees
    median = np.median(degrees[degrees > 0]) if (degrees > 0).any() else 0
    return {identifier: bool(degrees[number] > median) for number, identifier in enumerate(graph.entities.ids)}


def _single_frac(ends: RelationEnds) -> list[float]:
    """Of each relation, the share of its ends that are in one triple of it; 0 where it has none."""
    single = np.concatenate([[0], np.cumsum(ends.num_triples == 1)])
    shares = np.diff(single[ends.indptr]) / np.maximum(ends.counts, 1)
    return [float(share) for share in shares]


def _turned_round(graph: KnowledgeGraph) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many triples of a relation hold the other way round by another, by `relation * R + other`."""
    found = [np.zeros(0, np.int64)]
    counts = [np.zeros(0, np.int64)]
    for start in range(0, graph.num_triples, _CHUNK_ROWS):
        rows = np.asarray(graph.triples[start : start + _CHUNK_ROWS])
        rows = rows[rows[:, 0] != rows[:, 2]]
        first, last = graph.between_all(rows[:, 2], rows[:, 0])
        sizes = last - first
        offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        others = graph.triples[np.repeat(first, sizes) + offsets, 1]
        keys, part = np.unique(
            np.repeat(rows[:, 1], sizes) * np.int64(graph.num_relations) + others, return_counts=True
        )
        found.append(keys)
        counts.append(part)
    keys, places = np.unique(np.concatenate(found), return_inverse=True)
    return keys, np.bincount(places.reshape(-1), weights=np.concatenate(counts), minlength=len(keys)).astype(np.int64)
