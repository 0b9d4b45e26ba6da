"""Splits by fact that no inverse relation leaks across, and splits by entity.

Two triples between the same two entities, in either direction, always fall on the same side: `(Q64, capital of,
Q183)` cannot be learnt from while `(Q183, capital, Q64)` is asked for.

`split_facts` and `split_entities` split a whole graph at once. Sides are a function of the entities' ids and the
seed, so a graph that grows keeps the sides of what it had. Shapes: E entities, T triples, N of them in one split.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError
from kgpt.kernel import compiled
from kgpt.kg.drawing_lots import mixed
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.heap import hash_spans
from kgpt.randomness import stable_fraction, stable_hash
from kgpt.records import Triple


def pair_key(triple: Triple) -> tuple[str, str]:
    """The two ends of a triple, whatever its direction."""
    return (triple.head, triple.tail) if triple.head <= triple.tail else (triple.tail, triple.head)


def numbered_pairs(graph: KnowledgeGraph, pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[int, int]]:
    """Pairs of ids as pairs of entities of a graph, the smaller number first; those it lacks are left out."""
    find = graph.entities.ids.find
    found = ((find(one), find(other)) for one, other in pairs)
    return frozenset((min(a, b), max(a, b)) for a, b in found if a is not None and b is not None)


def split_of(triple: Triple, shares: Mapping[str, float], *, seed: int = 0) -> str:
    """The split that a fact belongs to: a function of its two ends alone.

    Args:
        triple: the fact.
        shares: split to share of all pairs; they sum to 1.
        seed: another seed, another split.

    Raises:
        ConfigError: the shares do not sum to 1.
    """
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise ConfigError(f"shares of a split must sum to 1, found {dict(shares)}")
    place, edge = stable_fraction("split", seed, *pair_key(triple)), 0.0
    for name, share in shares.items():
        edge += share
        if place < edge:
            return name
    return list(shares)[-1]


def hold_out(triples: NDArray[np.int32], *, share: float, seed: int) -> NDArray[np.bool_]:
    """Which of `triples` [T, 3] are held out of training, [T]: by unordered pair, so that no inverse stays behind."""
    low, high = np.minimum(triples[:, 0], triples[:, 2]), np.maximum(triples[:, 0], triples[:, 2])
    pairs, inverse = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    held = np.array([stable_fraction("hold_out", seed, int(a), int(b)) < share for a, b in pairs], bool)
    return held[inverse.reshape(-1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitShares:
    """The share of pairs or of entities that each split gets; they sum to 1."""

    train: float = 0.8
    valid: float = 0.1
    test: float = 0.1

    def __post_init__(self) -> None:
        shares = (self.train, self.valid, self.test)
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
            raise ConfigError(f"shares of a split must be 0 or more and sum to 1, found {shares}")

    @property
    def edges(self) -> NDArray[np.float64]:
        """Where valid and test begin in [0, 1)."""
        return np.array([self.train, self.train + self.valid])


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """The triples of a graph in three parts, each in the graph's order.

    Args:
        train: int32 [N, 3].
        valid: the same.
        test: the same.
        lost: triples that no part may hold, by the sides of their ends, such as `train_test`.
    """

    train: NDArray[np.int32]
    valid: NDArray[np.int32]
    test: NDArray[np.int32]
    lost: Mapping[str, int] = field(default_factory=dict)


def split_facts(graph: KnowledgeGraph, shares: SplitShares | None = None, *, seed: int = 0) -> Split:
    """The graph's triples split by unordered pair of ends, so that no triple is asked for whose inverse is learnt from.

    An entity of valid or test may be in no triple of train: see `unseen` (the transductive setting leaves those out).
    """
    hashes = _entity_hashes(graph)
    heads, tails = graph.triples[:, 0], graph.triples[:, 2]
    places = _pair_places(hashes, np.asarray(heads), np.asarray(tails), np.uint64(stable_hash("split_facts", seed)))
    sides = np.searchsorted((shares or SplitShares()).edges, places, side="right")
    return _parts(graph.triples, sides, {})


def split_entities(
    graph: KnowledgeGraph,
    shares: SplitShares | None = None,
    *,
    seed: int = 0,
    unseen_ends: Literal["both", "one"] = "both",
) -> Split:
    """The graph's triples split by entity: no end of a triple of train is an entity of valid or test.

    Args:
        graph: what is split.
        shares: of the entities.
        seed: another seed, other entities.
        unseen_ends: `both` ends of a triple of valid or test are entities of that part, so that the three parts share
            no entity (Wikidata5M's inductive split, Wang et al., 2021, KEPLER; Teru et al., 2020, GraIL); with `one`
            the other end may be an entity of train (Daza et al., 2021), and less is lost.
    """
    hashes = _entity_hashes(graph)
    places = _pair_places(hashes, np.arange(len(hashes)), None, np.uint64(stable_hash("split_entities", seed)))
    sides = np.searchsorted((shares or SplitShares()).edges, places, side="right")
    ends = np.sort(sides[graph.triples[:, [0, 2]]], axis=1)
    kept = ends[:, 0] == ends[:, 1]
    if unseen_ends == "one":
        kept |= ends[:, 0] == 0
    names = ("train", "valid", "test")
    lost = {
        f"{names[a]}_{names[b]}": count
        for a, b in ((0, 1), (0, 2), (1, 2))
        if (count := int((~kept & (ends[:, 0] == a) & (ends[:, 1] == b)).sum()))
    }
    return _parts(graph.triples, np.where(kept, ends[:, 1], -1), lost)


def unseen(split: Split, triples: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of `triples` [N, 3] have an end, or a relation, that no triple of train has, [N]."""
    known = np.isin(triples[:, [0, 2]], split.train[:, [0, 2]]).all(axis=1)
    return ~(known & np.isin(triples[:, 1], split.train[:, 1]))


def _parts(triples: NDArray[np.int32], sides: NDArray[np.integer[Any]], lost: Mapping[str, int]) -> Split:
    train, valid, test = (np.asarray(triples[sides == side]) for side in range(3))
    return Split(train, valid, test, lost)


def _entity_hashes(graph: KnowledgeGraph) -> NDArray[np.uint64]:
    offsets = graph.entities.ids.offsets
    return hash_spans(graph.entities.ids.content, offsets[:-1].astype(np.int64), np.diff(offsets).astype(np.int64))


def _pair_places(
    hashes: NDArray[np.uint64], ones: NDArray[Any], others: NDArray[Any] | None, key: np.uint64
) -> NDArray[np.float64]:
    """A number in [0, 1) for each unordered pair of entities, or for each entity."""
    one = hashes[ones]
    other = one if others is None else hashes[others]
    return _places(np.minimum(one, other), np.maximum(one, other), key)


@compiled
def _places(low: NDArray[np.uint64], high: NDArray[np.uint64], key: np.uint64) -> NDArray[np.float64]:
    out = np.empty(len(low), np.float64)
    for i in range(len(low)):
        out[i] = float(mixed(mixed(low[i] ^ key) + high[i]) >> np.uint64(11)) * 2.0**-53
    return out
