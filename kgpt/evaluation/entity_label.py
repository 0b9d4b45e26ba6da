"""What a probe or a classifier shall tell of an entity: the tail of a relation, or whether it is popular."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from kgpt.errors import ConfigError, did_you_mean
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.statistics import popular_entities

POPULARITY = "popularity"


def entity_labels(
    graph: KnowledgeGraph, label: str, *, max_classes: int = 20, min_entities: int = 10
) -> Mapping[str, str]:
    """The class of every entity that has exactly one of those that are kept, by their ids.

    Args:
        graph: whose.
        label: a relation by its id, the classes are its commonest tails; or `popularity`: `popular` or `rare`.
        max_classes: the commonest so many.
        min_entities: a class with fewer is left out.

    Raises:
        ConfigError: the graph has no such relation.
    """
    if label == POPULARITY:
        return {entity: "popular" if found else "rare" for entity, found in popular_entities(graph).items()}
    relation = check_label(graph, label)
    ids, tails = graph.entities.ids, defaultdict[str, list[str]](list)
    for head, _, tail in graph.triples[graph.triples[:, 1] == relation].tolist():
        tails[ids[head]].append(ids[tail])
    counts = Counter(tail for found in tails.values() for tail in set(found))
    common = sorted((one for one in counts if counts[one] >= min_entities), key=lambda one: (-counts[one], one))
    classes = set(common[:max_classes])
    kept = {entity: classes.intersection(found) for entity, found in tails.items()}
    return {entity: next(iter(found)) for entity, found in kept.items() if len(found) == 1}


def check_label(graph: KnowledgeGraph, label: str) -> int:
    """The number of the relation that `label` names; -1 for `popularity`.

    Raises:
        ConfigError: the graph has no such relation.
    """
    relation = graph.relations.ids.find(label)
    if relation is None and label != POPULARITY:
        known = list(graph.relations.ids)
        raise ConfigError(f"label: the graph has no relation {label!r}; {did_you_mean(label, [POPULARITY, *known])}")
    return -1 if relation is None else relation
