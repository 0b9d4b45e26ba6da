"""The task of linear probes: what the states of an entity's name tell of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kgpt.evaluation.entity_label import entity_labels
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.linear_probe import ProbeItem, evaluate_probe, part_of
from kgpt.evaluation.span_states import SpanText
from kgpt.evaluation.task import Measured, Need, tasks
from kgpt.model import LoadedModel
from kgpt.progress import say
from kgpt.randomness import stable_hash
from kgpt.records import AlignedPassage

Count = Annotated[int, Field(ge=1)]


@tasks.register("probe")
@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """Linear probes of every layer's states at an entity's name, beside a fresh model's and the majority.

    Args:
        label: what is read off: the tail of a relation (its id), or `popularity`.
        text: where the name stands: the `label` alone, or the first `sentence` of the exam's passages that links it.
        max_items: entities, picked by a hash of their ids.
        max_classes: a relation's commonest tails.
        min_entities: a class of fewer is left out.
        transfer_shots: probes from so many examples a class, too.
        seed: of the fresh weights.
    """

    label: str = "P31"
    text: Literal["label", "sentence"] = "label"
    max_items: Count = 2_000
    max_classes: Annotated[int, Field(ge=2)] = 20
    min_entities: Count = 10
    transfer_shots: tuple[Count, ...] = ()
    seed: int = 0

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`accuracy` and `macro_f1` in `layer_N`; floors `random_init_layer_N` and `majority`."""
        items = self._items(exam)
        found = evaluate_probe(loaded, items, seed=self.seed, transfer_shots=self.transfer_shots)
        if not found:
            say(f"probe of {self.label}: {len(items)} entities make no split with two classes; nothing is asked")
        return found

    def _items(self, exam: Exam) -> Sequence[ProbeItem]:
        labels = entity_labels(exam.graph, self.label, max_classes=self.max_classes, min_entities=self.min_entities)
        texts = _labels(exam, labels) if self.text == "label" else _mentions(exam.passages)
        items = {one: ProbeItem(one, text, labels[one], part_of(one)) for one, text in texts if one in labels}
        kept = sorted(items, key=lambda one: stable_hash("probe", one))[: self.max_items]
        return [items[one] for one in kept]


def _labels(exam: Exam, entities: Iterable[str]) -> Iterator[tuple[str, SpanText]]:
    graph = exam.graph
    for entity in entities:
        label = graph.entities.label(graph.entity(entity))
        yield entity, SpanText(label, ((0, len(label)),))


def _mentions(passages: Sequence[AlignedPassage]) -> Iterator[tuple[str, SpanText]]:
    """Every linked entity with its first passage."""
    seen: set[str] = set()
    for passage in passages:
        for link in passage.links:
            if link.entity not in seen:
                seen.add(link.entity)
                yield link.entity, SpanText(passage.text, ((link.start, link.end),))
