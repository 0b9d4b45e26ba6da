"""How good alignments are, where a source says which triples its documents state."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kgpt.records import AlignedPassage, Document, Triple


@dataclass(frozen=True, slots=True)
class AlignmentQuality:
    """Precision and recall over (document, triple) pairs; 0 where nothing was there to find."""

    precision: float
    recall: float
    num_gold: int
    num_predicted: int


def alignment_quality(documents: Iterable[Document], passages: Iterable[AlignedPassage]) -> AlignmentQuality | None:
    """Predicted against gold pairs over the documents that have gold triples; None where none has."""
    gold = {(document.id, triple) for document in documents for triple in document.triples}
    if not gold:
        return None
    judged = {document for document, _ in gold}
    predicted: dict[str, set[Triple]] = defaultdict(set)
    for passage in passages:
        predicted[passage.document].update(alignment.triple for alignment in passage.alignments)
    found = {(document, triple) for document in judged for triple in predicted[document]}
    right = len(found & gold)
    return AlignmentQuality(right / max(1, len(found)), right / len(gold), len(gold), len(found))
