"""Do examples override what a model knows? A two-class question after examples with turned labels (Wei et al., 2023).

The questions are made from the graph: whether a fact holds (yes or no), or which of its two commonest types an entity
is. A model that goes by its knowledge stays right whatever the examples say; one that learns in context follows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kgpt.evaluation.demonstration import Demonstration, chosen, prompt, readable
from kgpt.evaluation.entity_label import entity_labels
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, candidate_tails
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.task import Measured, Need, cannot_write, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import say, track
from kgpt.randomness import hash_sample, stable_fraction, stable_hash
from kgpt.records import Outcome, Result
from kgpt.verbalization.english import article

TASK = "label_flip"
YES, NO = "yes", "no"
Fraction = Annotated[float, Field(ge=0, le=1)]


def evaluate_label_flip(
    loaded: LoadedModel,
    items: Sequence[Demonstration],
    labels: tuple[str, str],
    *,
    num_shots: int = 8,
    flipped: Sequence[float] = (0.0, 0.5, 1.0),
) -> list[Outcome]:
    """Every item's `accuracy` by the true label in `shots_0` and `flipped_PERCENT`; where all are, `follows_flipped`.

    Args:
        loaded: a model that writes.
        items: what is asked, and what examples are chosen from; half of the examples of each label.
        labels: the two.
        num_shots: examples before a query, as far as the model has room.
        flipped: shares of them whose labels are turned.
    """
    loaded.model.eval()
    outcomes = []
    for item in track(items, what="label flip", total=len(items)):
        shots = _balanced(item, items, labels, num_shots)
        asked = {"shots_0": list[Demonstration]()}
        asked |= {f"flipped_{100 * share:.0f}": _turned(shots, labels, share) for share in flipped}
        for subset, some in asked.items():
            said = _said(loaded, some, item, labels)
            is_right = said == item.answers[0]
            values = {"accuracy": is_right} | ({"follows_flipped": not is_right} if subset == "flipped_100" else {})
            for metric, value in values.items():
                outcomes.append(Outcome(TASK, f"{item.id}|{subset}", metric, float(value), (subset,), said))
    return outcomes


def flip_effect(outcomes: Sequence[Outcome]) -> list[Result]:
    """What accuracy turned labels cost, in [-1, 1]: 0 where examples do nothing, which `follows_flipped` cannot tell.

    Nothing where either `flipped_0` or `flipped_100` was not asked.
    """
    values: dict[str, list[float]] = {"flipped_0": [], "flipped_100": []}
    for one in outcomes:
        if one.metric == "accuracy" and one.subsets[0] in values:
            values[one.subsets[0]].append(one.value)
    true, turned = values.values()
    return [Result(TASK, "all", "flip_effect", mean(true) - mean(turned), len(true))] if true and turned else []


def _said(loaded: LoadedModel, shots: Sequence[Demonstration], item: Demonstration, labels: tuple[str, str]) -> str:
    read = readable(loaded, shots, item.query, wording="question")
    text = prompt(loaded, read, item.query, wording="question", is_hidden=False)
    return labels[int(score_labels(loaded, text, labels).argmax())]


def _balanced(
    item: Demonstration, pool: Sequence[Demonstration], labels: tuple[str, str], num_shots: int
) -> list[Demonstration]:
    """As many of either label, mixed."""
    sides = [[one for one in pool if one.answers[0] == label] for label in labels]
    shots = [one for side in sides for one in chosen(item, side, num_shots // 2)]
    return sorted(shots, key=lambda one: stable_hash("order", item.id, one.id))


def _turned(shots: Sequence[Demonstration], labels: tuple[str, str], share: float) -> list[Demonstration]:
    """The examples with a share of their labels turned, the first ones."""
    other, num_turned = dict(zip(labels, reversed(labels), strict=True)), round(share * len(shots))
    turned = [replace(one, answers=(other[one.answers[0]],)) for one in shots[:num_turned]]
    return [*turned, *shots[num_turned:]]


@tasks.register("label_flip")
@dataclass(frozen=True, kw_only=True, slots=True)
class LabelFlip:
    """Two-class questions after examples whose labels are turned.

    Args:
        question: whether a `fact` holds, or which of two `type`s an entity is.
        type_relation: whose two commonest tails are the types.
        num_shots: examples before a query.
        flipped: shares of them that are turned.
        max_items: questions asked.
    """

    question: Literal["fact", "type"] = "fact"
    type_relation: str = "P31"
    num_shots: Annotated[int, Field(ge=2)] = 8
    flipped: Annotated[tuple[Fraction, ...], Field(min_length=1)] = (0.0, 0.5, 1.0)
    max_items: Annotated[int, Field(ge=2)] = 200

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot go on from examples."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`accuracy` by the true labels, `follows_flipped` where all are turned, `flip_effect` of the whole set."""
        items, labels = fact_items(exam) if self.question == "fact" else type_items(exam.graph, self.type_relation)
        kept = hash_sample(items, self.max_items, keys=lambda one: (TASK, one.id))
        if len({one.answers for one in kept}) < 2:
            say(f"label_flip: the {self.question} questions have not both labels; nothing is asked")
            return []
        found = evaluate_label_flip(loaded, kept, labels, num_shots=self.num_shots, flipped=self.flipped)
        return [*found, *flip_effect(found)]


def fact_items(exam: Exam) -> tuple[list[Demonstration], tuple[str, str]]:
    """Whether a tail is right; half of the facts, by a hash, are asked with a wrong tail of their relation."""
    items = [_of_fact(fact, exam.graph) for fact in exam.asked()]
    return [item for item in items if item is not None], (YES, NO)


def type_items(graph: KnowledgeGraph, relation: str) -> tuple[list[Demonstration], tuple[str, str]]:
    """Which of two types an entity is, as many of either.

    Raises:
        ConfigError: the graph has no such relation.
    """
    types = entity_labels(graph, relation, max_classes=2, min_entities=2)
    sides = [sorted(one for one in types if types[one] == label) for label in sorted(set(types.values()))]
    if len(sides) < 2:
        return [], ("", "")
    first, second = (graph.entities.label(graph.entity(types[side[0]])) for side in sides)
    asked = f"{article(first)} {first} or {article(second)} {second}"
    items, most = [], min(map(len, sides))
    for side, label in zip(sides, (first, second), strict=True):
        for one in hash_sample(side, most, keys=lambda one: ("type", one)):
            name = graph.entities.label(graph.entity(one))
            items.append(Demonstration(f"{one}|type", f"Is {name} {asked}?", (label,), about=one))
    return items, (first, second)


def _of_fact(fact: AskedFact, graph: KnowledgeGraph) -> Demonstration | None:
    """A question about a fact; None where its relation has no wrong tail."""
    candidates = candidate_tails(fact, graph, most=2)
    if len(candidates) < 2:
        return None
    is_true = stable_fraction("is_true", fact.id) < 0.5
    head, tail = (graph.entities.label(one) for one in (fact.head, candidates[0 if is_true else 1]))
    relation = graph.relations.label(fact.relation)
    query = f"Is {tail} the {relation} of {head}?"
    return Demonstration(fact.id, query, (YES if is_true else NO,), about=graph.entities.ids[fact.head])
