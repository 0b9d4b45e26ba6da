"""How good alignments are, where a source says which triples its documents state: overall and by relation.

Gold and predicted pairs of a document and a triple are compared. Where documents say for which relations their gold is
complete (`judged_relations`), precision looks at those alone; elsewhere all predictions on documents with gold count,
so precision is a lower bound. Recall is told of all gold, and of the gold whose triple the graph holds: no other can be
aligned.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import AlignedPassage, Document, Triple


@dataclass(frozen=True, slots=True)
class AlignmentQuality:
    """Precision and recall over (document, triple) pairs; 0 where nothing was there to find."""

    precision: float
    recall: float
    recall_in_graph: float
    num_gold: int
    num_gold_in_graph: int
    num_predicted: int
    num_right: int


@dataclass(slots=True)
class QualityTally:
    """Counts over documents, by relation: gold, gold in the graph, predicted, right."""

    graph: KnowledgeGraph
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, document: Document, passages: Iterable[AlignedPassage]) -> None:
        """Compare what the passages of a document are said to support with its gold."""
        judged = frozenset(document.judged_relations)
        if not document.triples and not judged:
            return
        gold = set(document.triples)
        found = {item.triple for passage in passages for item in passage.alignments}
        found = {triple for triple in found if not judged or triple.relation in judged}
        for triple in gold:
            self._count(triple, "gold")
            if self._holds(triple):
                self._count(triple, "gold_in_graph")
        for triple in found:
            self._count(triple, "predicted")
            if triple in gold:
                self._count(triple, "right")

    def whole(self) -> AlignmentQuality | None:
        """Over all relations; None where no document had gold."""
        if not self.counts:
            return None
        return _quality(sum(self.counts.values(), Counter()))

    def by_relation(self) -> Mapping[str, AlignmentQuality]:
        """For every relation, those with most gold first."""
        order = sorted(self.counts, key=lambda one: (-self.counts[one]["gold"], one))
        return {relation: _quality(self.counts[relation]) for relation in order}

    def as_json(self) -> dict[str, Any] | None:
        """The whole and every relation; None where no document had gold."""
        whole = self.whole()
        if whole is None:
            return None
        relations = {relation: asdict(one) for relation, one in self.by_relation().items()}
        return asdict(whole) | {"relations": relations}

    def _count(self, triple: Triple, what: str) -> None:
        self.counts.setdefault(triple.relation, Counter())[what] += 1

    def _holds(self, triple: Triple) -> bool:
        numbers = self.graph.numbers(triple)
        return numbers is not None and bool((self.graph.between(numbers[0], numbers[2])[:, 1] == numbers[1]).any())


def measure_alignment(
    graph: KnowledgeGraph, documents: Iterable[Document], passages: Iterable[AlignedPassage]
) -> QualityTally:
    """The quality of passages that stand in the order of their documents, as `write_passages` leaves them."""
    tally, waiting = QualityTally(graph), _grouped(passages)
    for document in documents:
        tally.add(document, waiting(document.id))
    return tally


def _grouped(passages: Iterable[AlignedPassage]) -> Callable[[str], list[AlignedPassage]]:
    """A function from a document's id to its passages; asked in the documents' order."""
    stream = iter(passages)
    ahead = next(stream, None)

    def group(document: str) -> list[AlignedPassage]:
        nonlocal ahead
        found = []
        while ahead is not None and ahead.document == document:
            found.append(ahead)
            ahead = next(stream, None)
        return found

    return group


def relation_counts(passages: Iterable[AlignedPassage]) -> dict[str, dict[str, float]]:
    """For every relation how many alignments there are, and their mean confidence; literals beside triples."""
    sums: dict[str, list[float]] = {}
    for passage in passages:
        told = [(item.triple.relation, item.confidence) for item in passage.alignments]
        told += [(item.literal.relation, item.confidence) for item in passage.literals]
        for relation, confidence in told:
            total = sums.setdefault(relation, [0, 0.0])
            total[0], total[1] = total[0] + 1, total[1] + confidence
    order = sorted(sums, key=lambda one: (-sums[one][0], one))
    return {one: {"num_alignments": sums[one][0], "mean_confidence": sums[one][1] / sums[one][0]} for one in order}


def _quality(counts: Mapping[str, int]) -> AlignmentQuality:
    gold, within, predicted, right = (counts.get(one, 0) for one in ("gold", "gold_in_graph", "predicted", "right"))
    return AlignmentQuality(
        precision=right / max(1, predicted),
        recall=right / max(1, gold),
        recall_in_graph=right / max(1, within),
        num_gold=gold,
        num_gold_in_graph=within,
        num_predicted=predicted,
        num_right=right,
    )
