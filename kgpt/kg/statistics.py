"""What can be counted in a graph: relations, degrees, popularity."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kgpt.kg.graph import KnowledgeGraph


@dataclass(frozen=True, slots=True)
class RelationCount:
    """One relation's share of the graph."""

    id: str
    label: str
    num_triples: int
    num_heads: int
    num_tails: int


def relation_counts(graph: KnowledgeGraph) -> list[RelationCount]:
    """Every relation with its triples, distinct heads and distinct tails, the largest first."""
    rows = [_relation_count(graph, relation) for relation in range(graph.num_relations)]
    return sorted(rows, key=lambda row: (-row.num_triples, row.id))


def popular_entities(graph: KnowledgeGraph) -> Mapping[str, bool]:
    """For every entity, whether its degree is above the median of the entities that have one."""
    degrees = graph.degrees
    median = np.median(degrees[degrees > 0]) if (degrees > 0).any() else 0
    return {identifier: bool(degrees[number] > median) for number, identifier in enumerate(graph.entities.ids)}


def _relation_count(graph: KnowledgeGraph, relation: int) -> RelationCount:
    rows = graph.triples[graph.triples[:, 1] == relation]
    return RelationCount(
        id=graph.relations.ids[relation],
        label=graph.relations.label(relation),
        num_triples=len(rows),
        num_heads=len(np.unique(rows[:, 0])),
        num_tails=len(np.unique(rows[:, 2])),
    )
