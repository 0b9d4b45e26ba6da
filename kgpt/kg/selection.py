"""A part of a graph chosen by rule: by a query, by relations, by a share of the heads, by number."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.config import Settings
from kgpt.errors import ConfigError, did_you_mean
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.sorting import sort_rows
from kgpt.randomness import stable_fraction


class GraphSelection(Settings):
    """Which triples make the graph of a run; the rule looks at names and relations, never at answers.

    Args:
        relations: ids of the relations to keep; empty keeps all.
        heads: `all`, or only those that the run's questions are about (`asked`).
        head_frac: share of heads to keep, picked by a hash of their ids.
        max_triples_per_head: of a head with more, those whose hash is smallest.
        min_relation_triples: relations with fewer triples (after the above) go.
        require_labels: drop triples with an unnamed end.
        sparql: a CONSTRUCT query, or a SELECT of `?head ?relation ?tail`, that picks the triples (`kgpt.kg.sparql`);
            empty picks all.
    """

    relations: tuple[str, ...] = ()
    heads: Literal["all", "asked"] = "all"
    head_frac: float = 1.0
    max_triples_per_head: int = 1_000_000
    min_relation_triples: int = 1
    require_labels: bool = True
    sparql: str = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """The graph that a selection leaves, and how many triples went for each reason."""

    graph: KnowledgeGraph
    dropped: dict[str, int]


def select(graph: KnowledgeGraph, rule: GraphSelection, *, asked: Collection[str] = ()) -> Selected:
    """The part of `graph` that `rule` keeps, with its entities and relations numbered anew.

    Args:
        graph: the whole.
        rule: what to keep.
        asked: ids of the entities that questions are about, for `heads: asked`.

    Raises:
        ConfigError: a relation that the graph has not, or nothing left.
    """
    keep, dropped = np.ones(graph.num_triples, bool), {}
    steps: dict[str, _Step] = {
        "not_in_sparql_result": _by_sparql,
        "relation_not_selected": _by_relation,
        "head_not_selected": _by_head,
        "head_not_asked": partial(_by_asked, asked=frozenset(asked)),
        "end_without_label": _by_label,
        "over_max_triples_per_head": _by_count,
        "relation_too_rare": _by_rarity,
    }
    for reason, step in steps.items():
        kept = keep & step(graph, rule, keep)
        if gone := int(keep.sum() - kept.sum()):
            dropped[reason] = gone
        keep = kept
    if not keep.any():
        told = ", ".join(f"{count:,} {reason}" for reason, count in dropped.items())
        is_nameless = "end_without_label" in dropped
        hint = "name the entities, or keep nameless ones (require_labels: false)" if is_nameless else "loosen the rule"
        raise ConfigError(f"graph.select: leaves none of {graph.num_triples:,} triples ({told}); {hint}")
    return Selected(subgraph(graph, graph.triples[keep]) if dropped else graph, dropped)


def subgraph(graph: KnowledgeGraph, triples: NDArray[np.int32]) -> KnowledgeGraph:
    """The graph of some of its triples: their entities, relations, names, literals, qualifiers, numbered anew."""
    kept = sort_rows(triples)
    entities = np.unique(kept[:, [0, 2]])
    literals = np.flatnonzero(np.isin(graph.literals.owners, entities))
    qualified = _rows_in(graph, kept)
    qualifiers = np.flatnonzero(qualified[graph.qualifiers.owners] >= 0)
    said = (kept[:, 1], graph.literals.relations[literals], graph.qualifiers.relations[qualifiers])
    relations = np.unique(np.concatenate([np.unique(numbers) for numbers in said]))
    columns = [np.searchsorted(numbers, kept[:, i]) for i, numbers in ((0, entities), (1, relations), (2, entities))]

    def numbered(numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.searchsorted(relations, numbers).astype(np.int32)

    return replace(
        graph,
        entities=graph.entities.take(entities),
        relations=graph.relations.take(relations),
        triples=np.stack(columns, axis=1).astype(np.int32),
        literals=graph.literals.take(
            literals, np.searchsorted(entities, graph.literals.owners[literals]), numbered(said[1])
        ),
        qualifiers=graph.qualifiers.take(qualifiers, qualified[graph.qualifiers.owners[qualifiers]], numbered(said[2])),
        num_sitelinks=graph.num_sitelinks[entities] if len(graph.num_sitelinks) else graph.num_sitelinks,
        translations={language: names.take(entities) for language, names in graph.translations.items()},
    )


def _rows_in(graph: KnowledgeGraph, kept: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each triple of `graph` stands in `kept`, which has the graph's order; -1 for those that went."""
    first, last = graph.between_all(kept[:, 0], kept[:, 2])
    places = np.full(graph.num_triples, -1, np.int64)
    for offset in range(int((last - first).max(initial=0))):
        rows = np.minimum(first + offset, last - 1)
        same = (graph.triples[rows, 1] == kept[:, 1]) & (first + offset < last)
        places[rows[same]] = np.flatnonzero(same)
    return places


_Step = Callable[[KnowledgeGraph, GraphSelection, NDArray[np.bool_]], NDArray[np.bool_]]


def _by_sparql(graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not rule.sparql:
        return keep
    from kgpt.kg.sparql import rows_selected

    kept = np.zeros_like(keep)
    kept[rows_selected(graph, rule.sparql)[0]] = True
    return kept


def _by_relation(graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not rule.relations:
        return keep
    numbers = [graph.relations.ids.find(relation) for relation in rule.relations]
    for relation, number in zip(rule.relations, numbers, strict=True):
        if number is None:
            raise ConfigError(
                f"graph.select.relations: the graph has no relation {relation!r}; "
                f"{did_you_mean(relation, graph.relations.ids)}"
            )
    return np.isin(graph.triples[:, 1], np.array(numbers))


def _by_head(graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if rule.head_frac >= 1:
        return keep
    picked = np.array([stable_fraction("head", identifier) < rule.head_frac for identifier in graph.entities.ids])
    return picked[graph.triples[:, 0]]


def _by_asked(
    graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_], *, asked: frozenset[str]
) -> NDArray[np.bool_]:
    if rule.heads == "all":
        return keep
    return np.array([identifier in asked for identifier in graph.entities.ids])[graph.triples[:, 0]]


def _by_label(graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not rule.require_labels:
        return keep
    offsets = graph.entities.labels.offsets
    named = offsets[1:] > offsets[:-1]
    return named[graph.triples[:, 0]] & named[graph.triples[:, 2]]


def _by_count(graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows = np.flatnonzero(keep)
    heads = graph.triples[rows, 0]
    if not len(rows) or np.bincount(heads).max() <= rule.max_triples_per_head:
        return keep
    order = np.array([stable_fraction(*_ids(graph, graph.triples[row])) for row in rows])
    ranked = rows[np.lexsort((order, heads))]
    starts = np.searchsorted(graph.triples[ranked, 0], graph.triples[ranked, 0])
    kept = np.zeros_like(keep)
    kept[ranked[np.arange(len(ranked)) - starts < rule.max_triples_per_head]] = True
    return kept


def _by_rarity(graph: KnowledgeGraph, rule: GraphSelection, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    counts = np.bincount(graph.triples[keep, 1], minlength=graph.num_relations)
    return counts[graph.triples[:, 1]] >= rule.min_relation_triples


def _ids(graph: KnowledgeGraph, row: NDArray[np.int32]) -> Sequence[str]:
    triple = graph.triple(row)
    return triple.head, triple.relation, triple.tail
