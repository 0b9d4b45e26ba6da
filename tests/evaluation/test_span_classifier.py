from dataclasses import replace

import numpy as np
import pytest
import torch

from kgpt.evaluation.linear_probe import part_of
from kgpt.evaluation.span_classifier import Classified, FineTuning, SpanItem, classify
from kgpt.evaluation.span_figures import NONE, class_figures, span_figures
from kgpt.evaluation.span_states import SpanText
from kgpt.records import Outcome, Result


def item(number, *, part=None):
    """The class is which of two words stands in the span."""
    word = ("Berlin", "Norway")[number % 2]
    read = SpanText(f"{word} is a city of many bridges", ((0, len(word)),))
    return SpanItem(f"i{number}", read, word, part or part_of(str(number)), (("words", word),))


ITEMS = [item(number) for number in range(60)]
QUICK = FineTuning(steps=30, learning_rate=1e-3, batch_size=8)


@pytest.mark.parametrize("is_frozen", [False, True])
@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_what_stands_in_the_span_is_learnt_and_the_model_stays_as_it_was(kind, is_frozen, request):
    loaded = request.getfixturevalue(kind)
    before = {key: value.clone() for key, value in loaded.model.state_dict().items()}

    found = classify(loaded, ITEMS, replace(QUICK, is_frozen=is_frozen))

    assert np.mean([said == one.label for one, said in zip(found.test, found.said, strict=True)]) == 1.0
    assert {one.part for one in found.train} == {"train"} and {one.part for one in found.test} == {"test"}
    assert all(torch.equal(value, before[key]) for key, value in loaded.model.state_dict().items())


def test_the_same_seed_says_the_same(reader):
    short = replace(QUICK, steps=2)

    assert classify(reader, ITEMS, short).said == classify(reader, ITEMS, short).said


def test_items_that_cannot_be_read_are_counted_and_one_class_is_nothing_to_learn(reader):
    blank = replace(item(0, part="train"), id="blank", read=SpanText("Berlin ", ((6, 6),)))

    assert classify(reader, [*ITEMS, blank], replace(QUICK, steps=1)).num_unread == 1
    assert classify(reader, [one for one in ITEMS if one.label == "Berlin"], QUICK) is None


def test_micro_and_macro_f1_leave_out_the_class_none():
    items = [replace(ITEMS[0], label=label) for label in ("a", "a", "b", NONE, NONE)]

    found = {one.metric: one.value for one in class_figures("t", "all", items, ["a", "b", "b", NONE, "a"])}

    right, said, gold = 2, 4, 3
    assert found == pytest.approx(
        {"accuracy": 3 / 5, "micro_f1": 2 * right / (said + gold), "macro_f1": np.mean([1 / 2, 2 / 3])}
    )


def test_the_floor_and_what_train_and_test_share_stand_beside():
    train, test = [item(0, part="train"), item(2, part="train")], [item(1, part="test"), item(4, part="test")]

    found = span_figures(Classified(train, test, ["Norway", "Norway"], 1), task="t")

    rows = {(one.subset, one.metric): one.value for one in found if isinstance(one, Result)}
    assert rows["majority", "accuracy"] == 0.5
    assert rows["words", "overlap_frac"] == 0.5
    assert rows["all", "unread_frac"] == 1 / 5
    assert [one.value for one in found if isinstance(one, Outcome)] == [1.0, 0.0]
