"""False triples: one end of a true triple becomes another entity.

With `filtered`, none is a triple of the graph. An end that is drawn and will not do is drawn anew, 64 times at most;
then all candidates are looked through and one of those that do is taken, each equally likely. Where a side has none (a
saturated relation) the other side is corrupted; where a typed sampler has none on either side, any entity may come in;
where the graph itself leaves none, the triple stands as it is and is marked as not found.

Shapes: B triples, K negatives a triple, R relations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError
from kgpt.kernel import compiled
from kgpt.kg.base import Negatives, negative_samplers
from kgpt.kg.drawing_lots import begin_row, draw_below, draw_key, draw_share
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.truth import row_of


@negative_samplers.register("uniform")
@dataclass(frozen=True, kw_only=True, slots=True)
class UniformNegatives:
    """Head or tail, by a fair coin, becomes any other entity (Bordes et al., 2013)."""

    per_positive: int = 1
    filtered: bool = True

    def __post_init__(self) -> None:
        _check(self.per_positive)

    def sample(self, graph: KnowledgeGraph, triples: NDArray[np.int32], rng: np.random.Generator) -> Negatives:
        """K corruptions of each of `triples` [B, 3]; what `graph` holds is true."""
        return _corrupted(
            graph,
            triples,
            np.full(graph.num_relations, 0.5),
            rng,
            per_positive=self.per_positive,
            filtered=self.filtered,
        )


@negative_samplers.register("bernoulli")
@dataclass(frozen=True, kw_only=True, slots=True)
class BernoulliNegatives:
    """The side with fewer true answers is corrupted more often (Wang et al., 2014, section 3.2)."""

    per_positive: int = 1
    filtered: bool = True

    def __post_init__(self) -> None:
        _check(self.per_positive)

    def sample(self, graph: KnowledgeGraph, triples: NDArray[np.int32], rng: np.random.Generator) -> Negatives:
        """K corruptions of each of `triples` [B, 3]; what `graph` holds is true."""
        return _corrupted(
            graph, triples, head_probs(graph), rng, per_positive=self.per_positive, filtered=self.filtered
        )


@negative_samplers.register("typed")
@dataclass(frozen=True, kw_only=True, slots=True)
class TypedNegatives:
    """An end becomes another entity that the relation was seen with at that end (Krompass et al., 2015, section 4.2).

    These are the local closed-world types: they come from the triples, no ontology is needed.
    """

    per_positive: int = 1
    filtered: bool = True

    def __post_init__(self) -> None:
        _check(self.per_positive)

    def sample(self, graph: KnowledgeGraph, triples: NDArray[np.int32], rng: np.random.Generator) -> Negatives:
        """K corruptions of each of `triples` [B, 3]; what `graph` holds is true."""
        return _corrupted(
            graph,
            triples,
            np.full(graph.num_relations, 0.5),
            rng,
            per_positive=self.per_positive,
            filtered=self.filtered,
            typed=True,
        )


def head_probs(graph: KnowledgeGraph) -> NDArray[np.float64]:
    """How often a relation's head is corrupted rather than its tail, [R]: tph / (tph + hpt).

    `tph` is its mean number of tails a head, `hpt` that of heads a tail; 0.5 for a relation without triples.
    """
    num_heads, num_tails = graph.relation_heads.counts, graph.relation_tails.counts
    both = num_heads + num_tails
    return np.where(both > 0, num_tails / np.maximum(both, 1), 0.5)


def _check(per_positive: int) -> None:
    if per_positive < 1:
        raise ConfigError(f"per_positive: expected at least 1, found {per_positive}")


def _corrupted(
    graph: KnowledgeGraph,
    triples: NDArray[np.int32],
    probs: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    per_positive: int,
    filtered: bool,
    typed: bool = False,
) -> Negatives:
    pool, bounds = _seen_ends(graph) if typed else (np.zeros(0, np.int32), np.zeros(0, np.int64))
    negatives_BK3 = np.repeat(np.asarray(triples, np.int32)[:, None, :], per_positive, axis=1)
    found_BK = np.zeros(negatives_BK3.shape[:2], np.bool_)
    _corrupt(negatives_BK3, found_BK, probs, pool, bounds, graph.triples, graph.head_indptr, filtered, draw_key(rng))
    return Negatives(negatives_BK3, found_BK)


def _seen_ends(graph: KnowledgeGraph) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The heads of every relation, then the tails of every relation, and where each begins, [2 R + 1]."""
    heads, tails = graph.relation_heads, graph.relation_tails
    bounds = np.concatenate([heads.indptr, tails.indptr[1:] + len(heads.entities)])
    return np.concatenate([heads.entities, tails.entities]), bounds


@compiled
def _allowed(
    triple: NDArray[np.int32],
    side: int,
    entity: int,
    triples: NDArray[np.int32],
    indptr: NDArray[np.int64],
    filtered: bool,
) -> bool:
    if entity == triple[side]:
        return False
    head, tail = (entity, triple[2]) if side == 0 else (triple[0], entity)
    return not (filtered and row_of(triples, indptr, head, triple[1], tail) >= 0)


@compiled
def _drawn(
    triple: NDArray[np.int32],
    side: int,
    candidates: NDArray[np.int32],
    num_candidates: int,
    triples: NDArray[np.int32],
    indptr: NDArray[np.int64],
    filtered: bool,
    state: NDArray[np.uint64],
) -> int:
    """Another entity for a side, -1 where none will do; `candidates` without length stands for all entities."""
    every = len(candidates) == 0
    for _ in range(64 if num_candidates else 0):
        place = draw_below(state, num_candidates)
        entity = place if every else candidates[place]
        if _allowed(triple, side, entity, triples, indptr, filtered):
            return int(entity)
    num_allowed = 0
    for place in range(num_candidates):
        num_allowed += _allowed(triple, side, place if every else candidates[place], triples, indptr, filtered)
    wanted = draw_below(state, num_allowed)
    for place in range(num_candidates):
        entity = place if every else candidates[place]
        if _allowed(triple, side, entity, triples, indptr, filtered):
            if wanted == 0:
                return int(entity)
            wanted -= 1
    return -1


@compiled
def _corrupt(
    negatives_BK3: NDArray[np.int32],
    found_BK: NDArray[np.bool_],
    head_probs_R: NDArray[np.float64],
    pool: NDArray[np.int32],
    bounds: NDArray[np.int64],
    triples: NDArray[np.int32],
    indptr: NDArray[np.int64],
    filtered: bool,
    key: np.uint64,
) -> None:
    state, every = np.zeros(1, np.uint64), np.zeros(0, np.int32)
    typed = len(bounds) > 0
    for b in range(len(negatives_BK3)):
        begin_row(state, key, b)
        for k in range(negatives_BK3.shape[1]):
            triple = negatives_BK3[b, k]
            side = 0 if draw_share(state) < head_probs_R[triple[1]] else 2
            for attempt in range(4 if typed else 2):
                part, num_candidates = every, len(indptr) - 1
                if typed and attempt < 2:
                    place = triple[1] + (side // 2) * len(head_probs_R)
                    part = pool[bounds[place] : bounds[place + 1]]
                    num_candidates = len(part)
                entity = _drawn(triple, side, part, num_candidates, triples, indptr, filtered, state)
                if entity >= 0:
                    triple[side] = entity
                    found_BK[b, k] = True
                    break
                side = 2 - side
