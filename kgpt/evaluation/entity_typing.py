"""Entity typing by fine-tuning: what a mention's entity is, by the graph, from the mention in its text.

The types are the commonest tails of a relation of the graph. An entity is in one part alone; how many of the test
mentions have words that a train mention has, too, is told (`surfaces`): such may be known by their name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from kgpt.evaluation.entity_label import check_label, entity_labels
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.linear_probe import part_of
from kgpt.evaluation.relation_extraction import files_of, texts_of
from kgpt.evaluation.span_classifier import FineTuning, SpanItem, classify
from kgpt.evaluation.span_figures import span_figures
from kgpt.evaluation.span_states import SpanText
from kgpt.evaluation.task import Count, Measured, Need, TakesAny, tasks
from kgpt.model import LoadedModel
from kgpt.progress import say
from kgpt.randomness import hash_sample
from kgpt.records import Document

TASK = "entity_typing"


@tasks.register(TASK)
@dataclass(frozen=True, kw_only=True, slots=True)
class EntityTyping(TakesAny):
    """The type of a mention's entity, by fine-tuning a copy of the model.

    Args:
        data: documents with links by the graph's ids; may hold `{data_dir}`; empty takes the exam's passages, which
            arms have read.
        label: the relation that tells types, or `popularity`.
        frozen: learn a linear probe on the frozen states instead.
        steps: of the optimizer.
        learning_rate: of the model; the head's is ten times as high.
        max_items: mentions, picked by a hash of their ids.
        max_classes: the commonest types.
        min_entities: a type of fewer is left out.
        max_tokens: longer texts are cut around the mention.
        seed: of the order of the texts.
    """

    data: str = ""
    label: str = "P31"
    frozen: bool = False
    steps: Count = 200
    learning_rate: Annotated[float, Field(gt=0)] = 1e-4
    max_items: Count = 2_000
    max_classes: Annotated[int, Field(ge=2)] = 20
    min_entities: Count = 10
    max_tokens: Annotated[int, Field(ge=16)] = 128
    seed: int = 0

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def files(self, exam: Exam) -> Sequence[Path]:
        """Of `data`."""
        return files_of(self.data, exam)

    def check(self, exam: Exam) -> None:
        """Refuse a graph without the label's relation."""
        check_label(exam.graph, self.label)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`accuracy`, `micro_f1`, `macro_f1`; the floor `majority`; `overlap_frac` of `entities` and `surfaces`."""
        labels = entity_labels(exam.graph, self.label, max_classes=self.max_classes, min_entities=self.min_entities)
        items = typing_items(texts_of(self.data, exam), labels)
        kept = hash_sample(items, self.max_items, keys=lambda one: (TASK, one.id))
        settings = FineTuning(
            steps=self.steps,
            learning_rate=self.learning_rate,
            max_tokens=self.max_tokens,
            is_frozen=self.frozen,
            seed=self.seed,
        )
        found = classify(loaded, kept, settings)
        if found is None:
            say(f"{TASK}: {len(kept)} mentions make no split with two types; nothing is asked")
            return []
        return span_figures(found, task=TASK)


def typing_items(documents: Iterable[Document], labels: Mapping[str, str]) -> Iterator[SpanItem]:
    """Every link to an entity that has a type."""
    for document in documents:
        for link in document.links:
            if link.entity in labels:
                yield SpanItem(
                    f"{document.id}|{link.entity}|{link.start}",
                    SpanText(document.text, ((link.start, link.end),)),
                    labels[link.entity],
                    part_of(link.entity),
                    (("entities", link.entity), ("surfaces", document.surface(link))),
                )
