"""Linear probes: what of a graph can be read off a frozen model's states (Alain and Bengio, 2017).

Logistic regression with an L2 penalty on standardised states of every layer; its strength is chosen on dev. A probe
also learns what a model does not hold, so beside it stand the same probe on the same model with fresh weights (Hewitt
and Liang, 2019, argue for such controls) and the majority class. Shapes: N items, F features, L layers.
"""

import copy
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from kgpt.evaluation.entity_label import check_label, entity_labels
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.span_states import SpanText, layer_features, read_text
from kgpt.evaluation.task import Count, Measured, Need, TakesAny, tasks
from kgpt.model import KgptModel, LoadedModel
from kgpt.progress import say
from kgpt.randomness import hash_sample, stable_fraction, stable_hash
from kgpt.records import AlignedPassage, Outcome, Result

TASK = "probe"
ACCURACY, MACRO_F1 = "accuracy", "macro_f1"
MAJORITY, RANDOM_INIT = "majority", "random_init"
STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Inverse strengths of the penalty that dev chooses among."""

Part = Literal["train", "dev", "test"]
PARTS: tuple[Part, ...] = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class ProbeItem:
    """Something to read a label off.

    Args:
        id: unique among the items.
        read: the text and the span whose states are read.
        label: the right class.
        part: where it belongs.
    """

    id: str
    read: SpanText
    label: str
    part: Part


def part_of(*keys: str) -> Part:
    """Three fifths are train, a fifth dev and a fifth test, by a hash of the keys."""
    fraction = stable_fraction("part", *keys)
    return "train" if fraction < 0.6 else "dev" if fraction < 0.8 else "test"


def evaluate_probe(
    loaded: LoadedModel, items: Sequence[ProbeItem], *, seed: int = 0, transfer_shots: Sequence[int] = ()
) -> list[Outcome | Result]:
    """`accuracy` of every test item and `macro_f1` at every layer (subsets `layer_0` on); floors as figures beside.

    Floors are `random_init_layer_0` on and `majority`. Nothing where a part of the split is empty or train has one
    class.

    Args:
        loaded: the model, which stays as it is.
        items: of all parts.
        seed: of the fresh weights.
        transfer_shots: probes trained on so many train items a class, too (`layer_0_shots_8`): how well states serve
            another task, as a linear transfer has it (Saunshi et al., 2021).
    """
    read = [(item, text) for item in items if (text := read_text(loaded, item.read)) is not None]
    kept = [item for item, _ in read]
    split = Split.of(kept)
    if split is None:
        return []
    found = list[Outcome | Result](split.figures(MAJORITY, split.majority()))
    for prefix, model in (("", loaded), (f"{RANDOM_INIT}_", untrained(loaded, seed=seed))):
        for layer, features_NF in enumerate(layer_features(model, [text for _, text in read])):
            name = f"{prefix}layer_{layer}"
            said = split.predicted(features_NF)
            figures = split.figures(name, said)
            found += (
                figures
                if prefix
                else [*split.outcomes(name, said), *(one for one in figures if one.metric != ACCURACY)]
            )
            for shots in transfer_shots:
                found += split.figures(f"{name}_shots_{shots}", split.predicted(features_NF, shots=shots))
    return found


@dataclass(frozen=True, eq=False)
class Split:
    """Items in their three parts."""

    items: Sequence[ProbeItem]
    labels: NDArray[np.str_]
    places: dict[Part, NDArray[np.int64]]

    @classmethod
    def of(cls, items: Sequence[ProbeItem]) -> "Split | None":
        """None where a part is empty or train has one class alone."""
        labels, parts = np.array([one.label for one in items]), np.array([one.part for one in items])
        places = {part: np.flatnonzero(parts == part) for part in PARTS}
        if not all(map(len, places.values())) or len(set(labels[places["train"]])) < 2:
            return None
        return cls(items, labels, places)

    @property
    def gold(self) -> NDArray[np.str_]:
        """The right classes of the test items."""
        return self.labels[self.places["test"]]

    def predicted(self, features_NF: NDArray[np.float32], *, shots: int | None = None) -> NDArray[np.str_]:
        """The classes of the test items by a probe whose strength dev has chosen; trained on `shots` a class."""
        train, dev, test = (self.places[part] for part in PARTS)
        train = train if shots is None else self._few(shots)
        probe = fit_probe(features_NF[train], self.labels[train], features_NF[dev], self.labels[dev])
        return np.asarray(probe.predict(features_NF[test]), np.str_)

    def majority(self) -> NDArray[np.str_]:
        """The commonest class of train for every test item."""
        counts = Counter(self.labels[self.places["train"]].tolist())
        return np.full(len(self.gold), min(counts, key=lambda one: (-counts[one], one)))

    def figures(self, subset: str, said: NDArray[np.str_]) -> list[Result]:
        """`accuracy` and `macro_f1`."""
        values = {ACCURACY: float((said == self.gold).mean()), MACRO_F1: macro_f1(self.gold, said)}
        return [Result(TASK, subset, metric, value, len(said)) for metric, value in values.items()]

    def outcomes(self, subset: str, said: NDArray[np.str_]) -> list[Outcome]:
        """Every test item's `accuracy`."""
        items = [self.items[place] for place in self.places["test"]]
        return [
            Outcome(TASK, f"{item.id}|{subset}", ACCURACY, float(one == item.label), (subset,), one)
            for item, one in zip(items, said.tolist(), strict=True)
        ]

    def _few(self, shots: int) -> NDArray[np.int64]:
        """The first train items of every class in the order of a hash."""
        train = sorted(self.places["train"].tolist(), key=lambda place: stable_hash("shots", self.items[place].id))
        seen, few = Counter[str](), []
        for place in train:
            label = self.items[place].label
            seen[label] += 1
            few += [place] if seen[label] <= shots else []
        return np.array(few, np.int64)


def fit_probe(
    train_NF: NDArray[np.float32], train_labels: NDArray[np.str_], dev_NF: NDArray[np.float32], dev_labels: Any
) -> Any:
    """The scikit-learn classifier with the highest accuracy on dev; of several the one held back most."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probes = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early is one more way to hold a probe back
        for strength in STRENGTHS:
            probe = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=300))
            probes.append(probe.fit(train_NF, train_labels))
    return max(probes, key=lambda probe: float(probe.score(dev_NF, dev_labels)))


def macro_f1(gold: NDArray[np.str_], said: NDArray[np.str_], *, without: str | None = None) -> float:
    """The mean F1 of the classes that are right anywhere, one of them left out where asked; 0 where none is left.

    >>> macro_f1(np.array(["a", "a", "b"]), np.array(["a", "a", "a"]))
    0.4
    """
    from sklearn.metrics import f1_score

    labels = [one for one in np.unique(gold).tolist() if one != without]
    return float(f1_score(gold, said, labels=labels, average="macro", zero_division=0.0)) if labels else 0.0


def untrained(loaded: LoadedModel, *, seed: int) -> LoadedModel:
    """The same backbone with fresh weights, without graph parts."""
    config = copy.deepcopy(loaded.model.config)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        backbone = type(loaded.model.backbone)(config)
    model = KgptModel(backbone.to(loaded.model.device), loaded.architecture)
    return LoadedModel(model.eval(), loaded.vocabulary, loaded.architecture, {})


@tasks.register("probe")
@dataclass(frozen=True, kw_only=True, slots=True)
class Probe(TakesAny):
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

    def check(self, exam: Exam) -> None:
        """Refuse a graph without the label's relation."""
        check_label(exam.graph, self.label)

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
        kept = hash_sample(items, self.max_items, keys=lambda one: ("probe", one))
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
