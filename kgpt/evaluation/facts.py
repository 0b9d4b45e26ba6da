"""What is asked of a model: one head and one relation with all their tails, and the subsets this counts in."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.randomness import stable_hash
from kgpt.records import Triple


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One head and relation by number, with every right tail.

    Args:
        id: `head|relation` by their ids, the same in every arm.
        head: number of the head.
        relation: number of the relation.
        tails: numbers of all right tails, sorted.
        subsets: the subsets it counts in besides `all`.
    """

    id: str
    head: int
    relation: int
    tails: tuple[int, ...]
    subsets: tuple[str, ...]


@dataclass(frozen=True)
class FactSubsets:
    """Which subsets a fact counts in.

    Args:
        graph: the true graph.
        stated: triples that the corpus states.
        popular: for every entity, whether it is popular.
        held_out: triples that no arm was trained on.
    """

    graph: KnowledgeGraph
    stated: Collection[Triple]
    popular: Mapping[str, bool]
    held_out: Collection[Triple] = ()

    def of(self, triples: list[Triple]) -> tuple[str, ...]:
        """The subsets of the fact that `triples` (of one head and relation) make."""
        head, relation = triples[0].head, triples[0].relation
        is_stated = any(triple in self.stated for triple in triples)
        is_held_out = any(triple in self.held_out for triple in triples)
        return (
            "stated_in_text" if is_stated else "graph_only",
            "popular" if self.popular.get(head) else "rare",
            "held_out" if is_held_out else "seen",
            f"relation:{relation}",
        )


def asked_facts(
    graph: KnowledgeGraph, subsets: FactSubsets, *, max_facts: int, leave_out: Collection[str] = ()
) -> list[AskedFact]:
    """Up to `max_facts` facts of a graph, picked by a hash of their ids.

    Args:
        graph: the true graph.
        subsets: tells each fact's subsets.
        max_facts: how many at most.
        leave_out: ids of facts not to ask (those that training questions asked).
    """
    found = [fact for fact in _all_facts(graph, subsets) if fact.id not in leave_out]
    return sorted(found, key=lambda fact: stable_hash("asked", fact.id))[:max_facts]


def fact_id(entity: str, relation: str) -> str:
    """The id of the fact about one head and relation."""
    return f"{entity}|{relation}"


def _all_facts(graph: KnowledgeGraph, subsets: FactSubsets) -> Iterator[AskedFact]:
    order = np.lexsort((graph.triples[:, 1], graph.triples[:, 0]))
    rows: NDArray[np.int32] = graph.triples[order]
    fresh = np.flatnonzero(np.r_[True, (rows[1:, :2] != rows[:-1, :2]).any(axis=1), True])
    for start, end in pairwise(fresh.tolist()):
        group = rows[start:end]
        triples = [graph.triple(row) for row in group]
        yield AskedFact(
            id=fact_id(triples[0].head, triples[0].relation),
            head=int(group[0, 0]),
            relation=int(group[0, 1]),
            tails=tuple(sorted(group[:, 2].tolist())),
            subsets=subsets.of(triples),
        )


def candidate_tails(fact: AskedFact, graph: KnowledgeGraph, *, most: int | None = None) -> list[int]:
    """The fact's first tail and then wrong tails of its relation, other right ones left out.

    All of them, or at most `most` in all, picked by a hash of their ids, so that every arm chooses among the same.
    """
    ends = graph.relation_tails
    tails = ends.entities[ends.indptr[fact.relation] : ends.indptr[fact.relation + 1]].tolist()
    wrong = sorted(set(tails) - set(fact.tails))
    if most is not None:
        wrong = sorted(wrong, key=lambda t: stable_hash(fact.id, graph.entities.ids[t]))[: most - 1]
    return [fact.tails[0], *wrong]
