"""Link prediction's ranks on score matrices: every entity as the missing end, other right answers filtered.

Enters: any scorer of all entities. Leaves: an outcome a triple, side and metric. The ranks are those of Bordes et al.
(2013, filtered), with ties as Berrendorf et al. (2020) tell them apart. Shapes: N triples, B of them at once,
E entities, R relations, P pairs of a query and a known answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.evaluation.facts import fact_id
from kgpt.evaluation.ranking import Filtered, RankKind, Standing, link_metrics, standing
from kgpt.kg.graph import KnowledgeGraph
from kgpt.progress import track
from kgpt.records import Outcome

TASK = "link_prediction"
MANY = 1.5
"""From so many tails a head, or heads a tail, a relation counts as one to many (Bordes et al., 2013, section 4.3)."""

Side = Literal["head", "tail"]
EntityScorer = Callable[[NDArray[np.int32], Side], NDArray[np.floating[Any]]]
"""Triples [B, 3] and the side asked for in, the scores of all entities there out, [B, E]. A scorer may look at the
asked end only to hide its edge from what it reads."""


def evaluate_link_ranking(
    scorer: EntityScorer,
    triples: NDArray[np.int32],
    graph: KnowledgeGraph,
    *,
    sides: Sequence[Side] = ("tail", "head"),
    kinds: Sequence[RankKind] = ("realistic",),
    trained: KnowledgeGraph | None = None,
    subsets: Sequence[tuple[str, ...]] | None = None,
    batch_size: int = 128,
) -> list[Outcome]:
    """Every triple's `mean_rank`, `mrr`, `hits_at_1`, `hits_at_3` and `hits_at_10` on each side.

    Args:
        scorer: the model.
        triples: what is asked, by number, [N, 3].
        graph: the true graph; its other right answers are filtered, its relations' categories are subsets.
        sides: which ends are asked for.
        kinds: where ties stand; metrics of other kinds than `realistic` end with the kind's name.
        trained: of the same numbers; triples in it count in the subset `seen`, others in `held_out`.
        subsets: for every triple further subsets.
        batch_size: queries scored at once.
    """
    names = [subsets[place] if subsets else () for place in range(len(triples))]
    if trained is not None:
        names = [(*told, where) for told, where in zip(names, _seen(triples, trained), strict=True)]
    categories, outcomes = relation_categories(graph), list[Outcome]()
    for side in sides:
        stands, said = link_standing(scorer, triples, graph, side=side, batch_size=batch_size)
        places = {kind: stands.ranks(kind).tolist() for kind in kinds}
        for number, row in enumerate(triples.tolist()):
            item, told = link_item(row, graph, side), (side, categories[row[1]], *names[number])
            values = [one for kind in kinds for one in _named(kind, places[kind][number])]
            best = graph.entities.label(int(said[number]))
            outcomes += [Outcome(TASK, item, metric, value, told, best) for metric, value in values]
    return outcomes


def link_standing(
    scorer: EntityScorer, triples: NDArray[np.int32], graph: KnowledgeGraph, *, side: Side, batch_size: int = 128
) -> tuple[Standing, NDArray[np.int64]]:
    """Where the end on `side` of every triple stands among all entities, and the entity scored highest, [N]."""
    known, truths = KnownAnswers.of(graph, side), triples[:, _column(side)]
    stands, said = [Standing(np.zeros(0, np.int64), np.zeros(0, np.int64))], [np.zeros(0, np.int64)]
    starts = range(0, len(triples), batch_size)
    for start in track(starts, what=f"link ranking, {side}", total=len(starts)):
        rows = triples[start : start + batch_size]
        scores_BE = np.asarray(scorer(rows, side))
        stands.append(standing(scores_BE, truths[start : start + batch_size], filtered=known.of_queries(rows)))
        said.append(scores_BE.argmax(axis=1))
    return Standing(*map(np.concatenate, zip(*stands, strict=True))), np.concatenate(said)


@dataclass(frozen=True, eq=False)
class KnownAnswers:
    """The right ends on one side by the other end and the relation.

    Args:
        keys: other end and relation in one number, sorted, [T].
        answers: the end beside each, [T].
        side: which end.
        num_relations: what the keys are made with.
    """

    keys: NDArray[np.int64]
    answers: NDArray[np.int32]
    side: Side
    num_relations: int

    @classmethod
    def of(cls, graph: KnowledgeGraph, side: Side) -> "KnownAnswers":
        """Those of a graph."""
        keys = _keys(graph.triples, side, graph.num_relations)
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], graph.triples[order, _column(side)], side, graph.num_relations)

    def of_queries(self, triples: NDArray[np.int32]) -> Filtered:
        """Every known answer of the queries that `triples` [B, 3] make, as pairs of query and entity, [P]."""
        asked = _keys(triples, self.side, self.num_relations)
        first, last = np.searchsorted(self.keys, asked), np.searchsorted(self.keys, asked, side="right")
        counts = last - first
        rows = np.repeat(np.arange(len(triples)), counts)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        return Filtered(rows, self.answers[np.repeat(first, counts) + within])


def relation_categories(graph: KnowledgeGraph) -> list[str]:
    """`1-1`, `1-N`, `N-1` or `N-N` of every relation, by its mean heads a tail and tails a head, [R]."""
    counts = np.bincount(graph.triples[:, 1], minlength=graph.num_relations)
    heads_a_tail = counts / np.maximum(graph.relation_tails.counts, 1)
    tails_a_head = counts / np.maximum(graph.relation_heads.counts, 1)
    return [
        f"{'N' if heads >= MANY else '1'}-{'N' if tails >= MANY else '1'}"
        for heads, tails in zip(heads_a_tail, tails_a_head, strict=True)
    ]


def link_item(row: Sequence[int], graph: KnowledgeGraph, side: Side) -> str:
    """The id of the question for one end of a triple: `head|relation|tail|side`."""
    triple = graph.triple(row)
    return f"{fact_id(triple.head, triple.relation)}|{triple.tail}|{side}"


def _named(kind: RankKind, place: float) -> list[tuple[str, float]]:
    suffix = "" if kind == "realistic" else f"_{kind}"
    return [(f"{metric}{suffix}", value) for metric, value in link_metrics(place).items()]


def _seen(triples: NDArray[np.int32], trained: KnowledgeGraph) -> list[str]:
    """`seen` or `held_out` for every triple."""
    known = {tuple(row) for row in trained.triples.tolist()}
    return ["seen" if tuple(row) in known else "held_out" for row in triples.tolist()]


def _keys(triples: NDArray[np.int32], side: Side, num_relations: int) -> NDArray[np.int64]:
    given = triples[:, _column("head" if side == "tail" else "tail")].astype(np.int64)
    return given * num_relations + triples[:, 1]


def _column(side: Side) -> int:
    return 0 if side == "head" else 2
