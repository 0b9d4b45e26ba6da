"""What is asked of a model: one head and one relation with all their tails, and the subsets this counts in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import numbered_pairs
from kgpt.randomness import hash_sample
from kgpt.records import Triple


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One head and relation by number, with every right tail.

    Args:
        id: `head|relation` by their ids, the same in every arm.
        head: number of the head.
        relation: number of the relation.
        tails: numbers of all right tails, the one that is asked for first.
        subsets: the subsets that the one asked for counts in besides `all`.
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

    def asked_first(self, triples: Iterable[Triple]) -> list[Triple]:
        """Triples of one head and relation in the order in which they are asked: held out, stated by text, others."""
        return sorted(triples, key=lambda one: (one not in self.held_out, one not in self.stated))

    def of(self, triple: Triple) -> tuple[str, ...]:
        """The subsets of a fact asked for."""
        return (
            "stated_in_text" if triple in self.stated else "graph_only",
            "popular" if self.popular.get(triple.head) else "rare",
            "held_out" if triple in self.held_out else "seen",
            f"relation:{triple.relation}",
        )


def asked_facts(
    graph: KnowledgeGraph,
    subsets: FactSubsets,
    *,
    max_facts: int,
    leave_out: Collection[tuple[str, str]] = (),
    picked_by: str = "asked",
) -> list[AskedFact]:
    """Up to `max_facts` facts of a graph, picked by a hash of their ids.

    Args:
        graph: the true graph.
        subsets: tells each fact's subsets.
        max_facts: how many at most.
        leave_out: pairs of entities (`pair_key`) not to ask for (those that training questions ask for).
        picked_by: another name, other facts.
    """
    apart = numbered_pairs(graph, leave_out)
    found = (fact for fact in _all_facts(graph, subsets) if not apart or not _pairs(fact) & apart)
    return hash_sample(found, max_facts, keys=lambda fact: (picked_by, fact.id))


def _pairs(fact: AskedFact) -> set[tuple[int, int]]:
    """The fact's head with each of its tails, the smaller number first."""
    return {(min(fact.head, tail), max(fact.head, tail)) for tail in fact.tails}


def fact_id(entity: str, relation: str) -> str:
    """The id of the fact about one head and relation."""
    return f"{entity}|{relation}"


def _all_facts(graph: KnowledgeGraph, subsets: FactSubsets) -> Iterator[AskedFact]:
    order = np.lexsort((graph.triples[:, 1], graph.triples[:, 0]))
    rows: NDArray[np.int32] = graph.triples[order]
    fresh = np.flatnonzero(np.r_[True, (rows[1:, :2] != rows[:-1, :2]).any(axis=1), True])
    for start, end in pairwise(fresh.tolist()):
        group = rows[start:end]
        numbers = {graph.triple(row): int(row[2]) for row in group[np.argsort(group[:, 2])]}
        asked, *others = subsets.asked_first(numbers)
        yield AskedFact(
            id=fact_id(asked.head, asked.relation),
            head=int(group[0, 0]),
            relation=int(group[0, 1]),
            tails=tuple(numbers[one] for one in (asked, *others)),
            subsets=subsets.of(asked),
        )


def candidate_tails(fact: AskedFact, graph: KnowledgeGraph, *, most: int | None = None) -> list[int]:
    """The fact's first tail and then wrong tails of its relation, other right ones left out.

    All of them, or at most `most` in all, picked by a hash of their ids, so that every arm chooses among the same.
    """
    ends = graph.relation_tails
    tails = ends.entities[ends.indptr[fact.relation] : ends.indptr[fact.relation + 1]].tolist()
    wrong = sorted(set(tails) - set(fact.tails))
    if most is not None:
        wrong = hash_sample(wrong, most - 1, keys=lambda tail: (fact.id, graph.entities.ids[tail]))
    return [fact.tails[0], *wrong]
