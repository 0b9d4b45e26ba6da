import math

import pytest
import torch

from kgpt.model import Nodes, build_model
from kgpt.objectives import ENTITY_PREDICTION, MASKED_LM, RELATION_PREDICTION, CrossEntropy, combine
from kgpt.sequences import NO_TARGET, Sequence, collate
from kgpt.sequences.outputs import HeadOutput


def head(*targets, num_rows=6, seed=0):
    logits = torch.randn(len(targets), num_rows, generator=torch.Generator().manual_seed(seed))
    return HeadOutput(logits.requires_grad_(), torch.tensor(targets))


def reference(*heads):
    """Mean of -log softmax at the targets."""
    losses = []
    for one in heads:
        for row, target in zip(one.logits.tolist(), one.targets.tolist(), strict=True):
            losses.append(math.log(sum(map(math.exp, row))) - row[target])
    return sum(losses) / len(losses)


def test_a_loss_is_the_mean_over_all_targets_of_a_step():
    one, two = head(1, 2, 3), head(0, seed=1)

    combined = combine([MASKED_LM], [{"word": one}, {"word": two}])

    assert combined.total.item() == pytest.approx(reference(one, two), rel=1e-5)


def test_objectives_are_summed_by_weight():
    words, entities = head(1, 2), head(3, 4, seed=1)
    half = CrossEntropy(name="entities", head="entity", weight=0.5)

    combined = combine([MASKED_LM, half], [{"word": words, "entity": entities}])

    assert combined.total.item() == pytest.approx(reference(words) + 0.5 * reference(entities), rel=1e-5)
    assert combined.means == pytest.approx({"masked_lm": reference(words), "entities": reference(entities)}, rel=1e-5)


def test_an_objective_that_nothing_asks_is_zero():
    words = head(1, 2)

    combined = combine([MASKED_LM, RELATION_PREDICTION], [{"word": words}])

    assert combined.means["relation_prediction"] == 0.0
    assert combined.total.item() == pytest.approx(reference(words), rel=1e-5)


def test_no_target_at_all_gives_zero_and_no_nan():
    combined = combine([MASKED_LM, ENTITY_PREDICTION], [{}, {}])

    assert combined.total.item() == 0.0
    assert combined.means == {"masked_lm": 0.0, "entity_prediction": 0.0}


def test_a_weight_of_zero_teaches_nothing():
    words, entities = head(1, 2), head(3, seed=1)

    muted = CrossEntropy(name="muted", head="entity", weight=0.0)
    combine([MASKED_LM, muted], [{"word": words, "entity": entities}]).total.backward()

    assert words.logits.grad.any()
    assert not entities.logits.grad.any()


def entity_batch(capitals, candidates):
    ids = torch.arange(4).numpy()
    kinds = torch.ones(4, dtype=torch.int8).numpy()
    targets = torch.tensor([2, NO_TARGET, 5, 1]).numpy()
    return collate([Sequence(ids, kinds, ids, targets)], pad_id=0, candidates=candidates)


def test_sampled_entity_prediction_over_all_entities_is_the_full_softmax(tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()}).eval()
    everyone = torch.arange(capitals.num_entities).numpy()

    full, sampled = (
        combine([ENTITY_PREDICTION], [model(entity_batch(capitals, candidates))]).total
        for candidates in (None, everyone)
    )

    assert sampled.item() == pytest.approx(full.item(), rel=1e-6)


def test_fewer_candidates_make_entity_prediction_easier(tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()}).eval()

    full, sampled = (
        combine([ENTITY_PREDICTION], [model(entity_batch(capitals, candidates))]).total
        for candidates in (None, torch.tensor([1, 2, 5]).numpy())
    )

    assert sampled < full
