"""How well the data rooms did: entity linking against the corpus' own links, alignment against its own triples."""

from collections.abc import Iterator
from dataclasses import dataclass

from kgpt.pipeline.results import LINKER
from kgpt.report.run_record import RunRecord
from kgpt.report.tables import say_count


@dataclass(frozen=True, slots=True)
class QualityRow:
    """A figure and what it says."""

    name: str
    value: str
    about: str = ""


_LINKING = {
    "in_kb_micro_precision": "linking, micro precision",
    "in_kb_micro_recall": "linking, micro recall",
    "in_kb_micro_f1": "linking, micro F1",
    "in_kb_macro_f1": "linking, macro F1",
}


def quality_rows(run: RunRecord) -> list[QualityRow]:
    """What the run has of both."""
    return [*_linking(run), *_alignment(run)]


def _linking(run: RunRecord) -> Iterator[QualityRow]:
    for metric, name in _LINKING.items():
        if found := run.estimates.get((LINKER, "linking", "all", metric)):
            yield QualityRow(name, f"{found.mean:.3f}", f"of {say_count(found.n)} gold links to entities of the graph")


def _alignment(run: RunRecord) -> Iterator[QualityRow]:
    if told := run.alignment_quality:
        right, found, gold = (say_count(told[name]) for name in ("num_right", "num_predicted", "num_gold_in_graph"))
        yield QualityRow("alignment, precision", f"{told['precision']:.3f}", f"{right} of {found} aligned triples")
        yield QualityRow(
            "alignment, recall",
            f"{told['recall_in_graph']:.3f}",
            f"{right} of {gold} gold triples that the graph holds",
        )
    if told := run.aligned_relations:
        num = sum(row["num_alignments"] for row in told.values())
        sure = sum(row["num_alignments"] * row["mean_confidence"] for row in told.values()) / max(1, num)
        yield QualityRow(
            "alignment, mean confidence", f"{sure:.3f}", f"of {say_count(num)} triples, {len(told)} relations"
        )
