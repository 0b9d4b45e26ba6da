"""Triple classification: is a statement true? A threshold a relation, tuned on statements that are not tested.

As CoDEx has it (Safavi and Koutra, 2020): a triple counts as true where its score reaches its relation's threshold, the
one with the highest accuracy on the tuning triples; a relation without any takes the threshold of all together. Both
accuracy and the F1 of the true triples are over all tested triples at once (micro). Where a set has hard negatives of
one part only, `split_labelled` halves that part. A score that is no number counts as the lowest. Shapes: N triples.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import DataError
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import fact_id
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.node_scoring import NodeScorer
from kgpt.evaluation.task import Count, Measured, Need, TakesAny, tasks
from kgpt.evaluation.whole_set import told_apart
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import hash_sample, stable_fraction
from kgpt.records import Outcome, Result, Triple
from kgpt.sources.tsv import read_triples
from kgpt.verbalization import Verbalizer

MAJORITY = "majority"

TASK = "triple_classification"
POSITIVE, NEGATIVE = "positive", "negative"
_BATCH_SIZE = 128

TripleScorer = Callable[[NDArray[np.int32]], NDArray[np.floating[Any]]]
"""Triples by number [N, 3] in, the higher the truer out, [N]."""


@dataclass(frozen=True, eq=False, slots=True)
class LabelledTriples:
    """True and false triples by number.

    Args:
        triples: [N, 3].
        is_true: [N].
        num_unknown: triples left out because the graph does not know an end or the relation.
    """

    triples: NDArray[np.int32]
    is_true: NDArray[np.bool_]
    num_unknown: int = 0


def labelled_triples(
    positives: Iterable[Triple], negatives: Iterable[Triple], graph: KnowledgeGraph
) -> LabelledTriples:
    """Triples of ids as numbers of `graph`; those it cannot number are counted.

    Raises:
        DataError: no positive or no negative is left.
    """
    found = [[graph.numbers(triple) for triple in triples] for triples in (positives, negatives)]
    rows = [[row for row in numbers if row is not None] for numbers in found]
    num_unknown = sum(row is None for numbers in found for row in numbers)
    for what, some in zip(("true", "false"), rows, strict=True):
        if not some:
            raise DataError(f"no {what} triple is in the graph; ids that it does not know: in {num_unknown:,} triples")
    is_true = np.repeat([True, False], [len(some) for some in rows])
    return LabelledTriples(np.array([*rows[0], *rows[1]], np.int32), is_true, num_unknown)


def split_labelled(
    labelled: LabelledTriples, graph: KnowledgeGraph, *, tuning_frac: float = 0.5
) -> tuple[LabelledTriples, LabelledTriples]:
    """Triples to tune thresholds on, and triples to test.

    The two ends of a triple decide by a hash of their ids, whatever their order, so a fact and its inverse, and what is
    said of the same two, are not on both sides.
    """
    ids, rows = graph.entities.ids, labelled.triples.tolist()
    fractions = [stable_fraction("labelled", *sorted((ids[head], ids[tail]))) for head, _, tail in rows]
    is_tuning = np.array(fractions) < tuning_frac
    tuning, test = (LabelledTriples(labelled.triples[kept], labelled.is_true[kept]) for kept in (is_tuning, ~is_tuning))
    return tuning, test


def evaluate_triple_classification(
    scorer: TripleScorer, tuning: LabelledTriples, test: LabelledTriples, graph: KnowledgeGraph
) -> list[Outcome]:
    """Every tested triple's `accuracy`, in the subsets `positive` or `negative` and `relation:ID`.

    The F1 is no single triple's: `classification_f1` makes it of these outcomes.
    """
    thresholds = Thresholds.tune(tuning, _scored(scorer, tuning))
    is_said = thresholds.are_true(test.triples, _scored(scorer, test))
    outcomes = []
    for row, is_true, said in zip(test.triples.tolist(), test.is_true.tolist(), is_said.tolist(), strict=True):
        triple = graph.triple(row)
        subsets = (POSITIVE if is_true else NEGATIVE, f"relation:{triple.relation}")
        item = f"{fact_id(triple.head, triple.relation)}|{triple.tail}"
        outcomes.append(Outcome(TASK, item, "accuracy", float(said == is_true), subsets, str(said).lower()))
    return outcomes


def floor_outcomes(tuning: LabelledTriples, test: LabelledTriples, graph: KnowledgeGraph) -> list[Outcome]:
    """The floor: every triple told by what is more frequent in its relation among the tuning triples.

    It can lie high where negatives are spread over the relations otherwise than positives: show it beside a model.
    """
    return evaluate_triple_classification(lambda triples: np.zeros(len(triples)), tuning, test, graph)


def classification_f1(outcomes: Iterable[Outcome]) -> list[Result]:
    """`precision`, `recall` and `f1` of the true triples, of all and of every relation."""
    counts: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for one in outcomes:
        is_true = POSITIVE in one.subsets
        for subset in ("all", *(name for name in one.subsets if name not in (POSITIVE, NEGATIVE))):
            counts[subset].append((is_true, is_true == bool(one.value)))
    results = []
    for subset, pairs in counts.items():
        right = sum(is_true and said for is_true, said in pairs)
        num_true, num_said = (sum(column) for column in zip(*pairs, strict=True))
        figures = {
            "precision": right / max(num_said, 1),
            "recall": right / max(num_true, 1),
            "f1": 2 * right / max(num_true + num_said, 1),
        }
        results += [Result(TASK, subset, metric, value, len(pairs)) for metric, value in figures.items()]
    return results


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on a triple of a relation is true; `overall` for the relations that were not tuned."""

    by_relation: dict[int, float]
    overall: float

    @classmethod
    def tune(cls, labelled: LabelledTriples, scores_N: NDArray[np.float64]) -> "Thresholds":
        """Those with the highest accuracy."""
        relations = labelled.triples[:, 1]
        by_relation = {
            int(relation): best_threshold(scores_N[relations == relation], labelled.is_true[relations == relation])
            for relation in np.unique(relations)
        }
        return cls(by_relation, best_threshold(scores_N, labelled.is_true))

    def are_true(self, triples: NDArray[np.int32], scores_N: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which triples reach their relation's threshold, [N]."""
        thresholds = [self.by_relation.get(relation, self.overall) for relation in triples[:, 1].tolist()]
        return scores_N >= np.array(thresholds, float)


def best_threshold(scores_N: NDArray[np.float64], is_true: NDArray[np.bool_]) -> float:
    """The threshold with the highest accuracy, between two scores or beyond all; of several the lowest.

    >>> best_threshold(np.array([0.1, 0.4, 0.6]), np.array([False, True, True]))
    0.25
    """
    order = np.argsort(scores_N, kind="stable")
    scores, truths = scores_N[order], is_true[order]
    false_below = np.concatenate([[0], np.cumsum(~truths)])
    true_from = np.concatenate([[0], np.cumsum(truths[::-1])])[::-1]
    is_edge = np.concatenate([[True], scores[1:] != scores[:-1], [True]])
    place = int(np.argmax(np.where(is_edge, false_below + true_from, -1)))
    if place == 0:
        return -np.inf
    if place == len(scores):
        return np.inf
    below, above = scores[place - 1], scores[place]
    middle = (below + above) / 2
    return float(middle if below < middle <= above else above)  # no room between neighbouring floats, nor by infinity


@dataclass(frozen=True, slots=True)
class TextTripleScorer:
    """Log-probability of the tail's label after the linearised head and relation."""

    loaded: LoadedModel
    graph: KnowledgeGraph

    def __call__(self, triples: NDArray[np.int32]) -> NDArray[np.float64]:
        """Scores of `triples`, [N]."""
        self.loaded.model.eval()
        verbalizer, rng = Verbalizer(self.graph), np.random.default_rng(0)  # the linear form draws nothing
        scores_N = np.empty(len(triples))
        for places in track(_queries(triples), what="triples"):
            head, relation, tail = triples[places[0]].tolist()
            text = verbalizer.state((head, relation, tail), "linear", rng, hidden="tail").rstrip()
            labels = [self.graph.entities.label(int(tail)) for tail in triples[places, 2]]
            scores_N[places] = score_labels(self.loaded, text, labels)
        return scores_N


@dataclass(frozen=True, slots=True)
class NodeTripleScorer:
    """Log-probability of the tail among all entities at a masked node beside the head and relation (graph completion).

    Raises:
        CheckpointError: the model has no graph nodes, or those of another graph.
    """

    loaded: LoadedModel
    graph: KnowledgeGraph

    def __post_init__(self) -> None:
        NodeScorer(self.loaded, self.graph)  # refuses other models

    def __call__(self, triples: NDArray[np.int32]) -> NDArray[np.float64]:
        """Scores of `triples`, [N]."""
        scorer = NodeScorer(self.loaded, self.graph)
        scores_N, queries = np.empty(len(triples)), _queries(triples)
        for start in range(0, len(queries), _BATCH_SIZE):
            some = queries[start : start + _BATCH_SIZE]
            logits_BE = scorer(triples[[places[0] for places in some]], "tail").astype(np.float64)
            for places, logits in zip(some, logits_BE, strict=True):
                scores_N[places] = logits[triples[places, 2]] - np.logaddexp.reduce(logits)
        return scores_N


def _scored(scorer: TripleScorer, labelled: LabelledTriples) -> NDArray[np.float64]:
    scores_N = np.asarray(scorer(labelled.triples), np.float64)
    return np.where(np.isnan(scores_N), -np.inf, scores_N)


def _queries(triples: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """The rows of every head and relation."""
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, (head, relation, _) in enumerate(triples.tolist()):
        rows[head, relation].append(place)
    return [np.array(places, np.int64) for places in rows.values()]


@tasks.register("triple_classification")
@dataclass(frozen=True, kw_only=True, slots=True)
class TripleClassification(TakesAny):
    """Is a triple true? True and false ones from two files, half of each pair of ends to tune thresholds on.

    A model with nodes for the graph's entities scores by them, any other by the tail's label.

    Args:
        positives: true triples, tab-separated; may hold `{data_dir}`.
        negatives: false triples.
        max_items: read of each file, picked by a hash of their ids.
    """

    positives: str = ""
    negatives: str = ""
    max_items: Count = 2_000

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def files(self, exam: Exam) -> Sequence[Path]:
        """The true and the false triples."""
        return [exam.path(self.positives, setting="positives"), exam.path(self.negatives, setting="negatives")]

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`accuracy`, `precision`, `recall`, `f1`; subset `majority` is what a relation's more frequent side gives."""
        graph = exam.graph
        has_nodes = bool(loaded.entity_ids) and loaded.entity_ids == tuple(graph.entities.ids)
        scorer = NodeTripleScorer(loaded, exam.trained_graph) if has_nodes else TextTripleScorer(loaded, graph)
        tuning, test = split_labelled(self._labelled(exam), graph)
        if not len(test.triples):
            return []
        found = evaluate_triple_classification(scorer, tuning, test, graph)
        return [*found, *classification_f1(found), *_floor(tuning, test, graph)]

    def _labelled(self, exam: Exam) -> LabelledTriples:
        positives, negatives = (_some_triples(path, self.max_items) for path in self.files(exam))
        return labelled_triples(positives, negatives, exam.graph)


def _some_triples(path: Path, most: int) -> Sequence[Triple]:
    return hash_sample(read_triples(path), most, keys=lambda one: ("labelled", one.head, one.relation, one.tail))


def _floor(tuning: LabelledTriples, test: LabelledTriples, graph: KnowledgeGraph) -> list[Result]:
    found: list[Outcome] = floor_outcomes(tuning, test, graph)
    figures = (one for one in classification_f1(found) if one.subset == "all")
    return [*told_apart(found, MAJORITY), *(replace(one, subset=MAJORITY) for one in figures)]
