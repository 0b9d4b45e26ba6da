import numpy as np
import pytest
import torch

from kgpt.errors import ConfigError
from kgpt.evaluation.entity_label import entity_labels
from kgpt.evaluation.linear_probe import ProbeItem, Split, evaluate_probe, macro_f1, part_of, untrained
from kgpt.evaluation.span_states import SpanText
from kgpt.kg import build_graph
from kgpt.records import Outcome, Result, Triple


def item(number, *, word=None):
    word = word or ("Berlin", "Norway")[number % 2]
    return ProbeItem(
        f"Q{number}", SpanText(f"{word} {number}", ((0, len(word)),)), str(number % 2), part_of(str(number))
    )


def accuracy(found, subset):
    values = [one.value for one in found if isinstance(one, Outcome) and subset in one.subsets]
    results = [one for one in found if isinstance(one, Result)]
    return float(np.mean(values or [one.value for one in results if (one.subset, one.metric) == (subset, "accuracy")]))


def test_what_the_words_say_is_read_off_and_what_nothing_says_is_not(reader):
    said = evaluate_probe(reader, [item(number) for number in range(60)])
    unsaid = evaluate_probe(reader, [item(number, word="Paris") for number in range(60)])

    assert accuracy(said, "layer_0") == accuracy(said, "random_init_layer_0") == 1.0
    assert accuracy(unsaid, "layer_1") < 0.8 and accuracy(said, "majority") < 0.8


def test_every_layer_has_figures_beside_a_fresh_model_s_and_the_majority(writer):
    found = evaluate_probe(writer, [item(number) for number in range(40)], transfer_shots=(1, 4))

    results = {(one.subset, one.metric) for one in found if isinstance(one, Result)}
    names = [f"{prefix}layer_{n}" for prefix in ("", "random_init_") for n in (0, 1)]
    assert {(name, "macro_f1") for name in names} | {("majority", "macro_f1")} <= results
    assert {(f"{name}_shots_{k}", "accuracy") for name in names for k in (1, 4)} <= results
    assert ("layer_0", "accuracy") not in results, "its items' outcomes say it"


def test_few_shots_are_so_many_of_every_class():
    split = Split.of([item(number) for number in range(60)])

    few = split._few(3)

    assert sorted(split.labels[few].tolist()) == ["0"] * 3 + ["1"] * 3
    assert set(few) <= set(split.places["train"].tolist())


def test_a_split_with_one_class_or_an_empty_part_is_none():
    assert Split.of([item(2 * number) for number in range(40)]) is None
    assert Split.of([item(0)]) is None


def test_macro_f1_is_the_mean_over_the_right_classes():
    gold, said = np.array(["a", "a", "b", "c"]), np.array(["a", "b", "b", "d"])

    assert macro_f1(gold, said) == pytest.approx(np.mean([2 / 3, 2 / 3, 0]))


def test_fresh_weights_go_by_the_seed_and_leave_the_model_be(speaker):
    before = speaker.model.words.weight.clone()

    one, same, other = (untrained(speaker, seed=seed).model.words.weight for seed in (0, 0, 1))

    assert torch.equal(one, same) and not torch.equal(one, other)
    assert torch.equal(speaker.model.words.weight, before)


def test_labels_are_a_relation_s_commonest_tails_of_entities_with_one_of_them():
    rows = [("Q1", "Q8"), ("Q2", "Q8"), ("Q3", "Q9"), ("Q4", "Q9"), ("Q5", "Q7"), ("Q1", "Q9"), ("Q3", "Q7")]
    graph, _ = build_graph([Triple(head, "P31", tail) for head, tail in rows])

    assert entity_labels(graph, "P31", min_entities=2) == {"Q2": "Q8", "Q4": "Q9", "Q5": "Q7"}
    assert entity_labels(graph, "P31", min_entities=3) == {"Q1": "Q9", "Q3": "Q9", "Q4": "Q9"}
    assert set(entity_labels(graph, "P31", min_entities=2, max_classes=1).values()) == {"Q9"}


def test_popularity_is_a_label_and_an_unknown_relation_is_refused():
    graph, _ = build_graph([Triple("Q1", "P31", "Q2"), Triple("Q3", "P31", "Q2")])

    assert entity_labels(graph, "popularity") == {"Q1": "rare", "Q2": "popular", "Q3": "rare"}
    with pytest.raises(ConfigError, match="no relation 'P13'"):
        entity_labels(graph, "P13")
