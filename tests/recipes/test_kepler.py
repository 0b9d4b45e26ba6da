"""KEPLER's objective against section 2 of RECIPES.md."""

import numpy as np
import pytest
import torch
from torch.nn.functional import logsigmoid

from kgpt.kg import build_graph
from kgpt.kg.truth import row_of
from kgpt.model import build_model
from kgpt.objectives import TRIPLE_SCORING, combine
from kgpt.recipes import recipes
from kgpt.records import EntityRecord, Triple
from kgpt.sequences import Mixture, WeightedStream, collate
from kgpt.sequences.description_stream import DescriptionStream
from kgpt.sequences.sequence import plain_sequence


def streams(training_data, **settings):
    recipe = recipes.build({"type": "kepler", "num_negatives": 3, **settings})
    return recipe, recipe.streams(training_data("encoder"), "encoder")["triples"].stream


def reference_loss(model, stream, rows):
    """-1/2 [mean log sig(pos) + mean log sig(-n)], s = 4 - |h + r - t|, each end encoded by itself."""

    def vector(entity):
        batch = collate([plain_sequence(stream.text(int(entity)))], pad_id=0)
        from kgpt.model.stack import encoder_states

        return encoder_states(model.backbone, model.words(batch.ids), batch.present.long(), batch.positions)[0, 0]

    relations, losses = model.parts["triple_scorer"].relations.weight, []
    for row in rows:
        head, relation, tail = row.triple.tolist()
        ends = [(head, tail)] + [(int(h), tail) for h in row.false_heads] + [(head, int(t)) for t in row.false_tails]
        true, *false = [4 - (vector(h) + relations[relation] - vector(t)).norm() for h, t in ends]
        losses.append(-0.5 * (logsigmoid(true) + torch.stack([logsigmoid(-one) for one in false]).mean()))
    return torch.stack(losses).mean()


def test_the_loss_is_the_papers(training_data, tiny):
    torch.manual_seed(0)
    data = training_data("encoder")
    recipe, stream = streams(training_data)
    model = build_model(tiny("roberta"), data.vocabulary, data.graph, recipe.parts("encoder")).eval()
    rows = [stream.draw(index, np.random.default_rng(index)) for index in (0, 3, 5)]

    with torch.no_grad():
        ours = combine([TRIPLE_SCORING], [model(stream.collate(rows, pad_id=data.vocabulary.pad))]).total
        assert ours.item() == pytest.approx(reference_loss(model, stream, rows).item(), rel=1e-4)


@pytest.mark.parametrize("in_batch", [False, True])
def test_no_negative_is_true(training_data, in_batch, capitals):
    _, stream = streams(training_data, in_batch=in_batch)
    rows = [stream.draw(index, np.random.default_rng(index)) for index in range(len(stream))]

    batch = stream.collate(rows, pad_id=0)

    entities = np.unique([row.triple[[0, 2]] for row in rows]) if in_batch else None
    for place, row in enumerate(rows):
        head, relation, tail = row.triple.tolist()
        if in_batch:
            heads = entities[batch.triples.false_heads[place]]
            tails = entities[batch.triples.false_tails[place]]
        else:
            heads, tails = row.false_heads.astype(int), row.false_tails.astype(int)
        for h, t in [(int(one), tail) for one in heads] + [(head, int(one)) for one in tails]:
            assert row_of(capitals.triples, capitals.head_indptr, h, relation, t) < 0


def test_negatives_are_uniform_over_the_entities_that_make_no_true_triple(training_data, capitals):
    _, stream = streams(training_data)
    index = capitals.triples.tolist().index(
        [capitals.entity("Q11"), capitals.relations.ids.find("P47"), capitals.entity("Q13")]
    )

    drawn = np.concatenate([stream.draw(index, np.random.default_rng(s)).false_tails for s in range(3000)]).astype(int)

    true = capitals.tails(capitals.entity("Q11"), capitals.relations.ids.find("P47"))
    shares = np.bincount(drawn, minlength=capitals.num_entities) / len(drawn)
    assert not shares[true].any()
    assert shares[np.setdiff1d(np.arange(10), true)] == pytest.approx(1 / (10 - len(true)), abs=0.02)


def test_a_distinct_entity_is_encoded_once(training_data):
    _, stream = streams(training_data)
    rows = [stream.draw(index, np.random.default_rng(index)) for index in range(len(stream))]

    batch = stream.collate(rows, pad_id=0)

    named = {int(one) for row in rows for one in [row.triple[0], row.triple[2], *row.false_heads, *row.false_tails]}
    assert len(batch.ids) == len(named)


@pytest.mark.parametrize("in_batch", [False, True])
def test_triples_are_read_at_their_share_of_the_tokens_though_texts_are_shared(masked_words, in_batch):
    rng, names = np.random.default_rng(0), ["Berlin", "Germany", "Paris", "France"]
    items = [EntityRecord(f"Q{number}", names[number % 4]) for number in range(200)]
    ends = rng.integers(200, size=(2000, 2)).tolist()
    graph, _ = build_graph([*items, *(Triple(f"Q{head}", "P1", f"Q{tail}") for head, tail in ends)])
    stream = DescriptionStream(graph=graph, vocabulary=masked_words, num_negatives=2, in_batch=in_batch)
    mixture = Mixture({"triples": WeightedStream(stream, 1.0)}, tokens_per_step=400, seed=0, pad_id=0)

    read = [sum(batch.num_tokens for batch in mixture.batches(step)) for step in range(8)]

    assert np.mean(read) == pytest.approx(400, rel=0.1)


def test_where_every_entity_is_true_a_negative_is_any(training_data):
    _, stream = streams(training_data)
    everyone = np.arange(stream.graph.num_entities)
    object.__setattr__(stream, "_true", lambda *_: everyone)

    assert set(stream._false(np.array([0.0, 0.99]), 0, 0, side=2).tolist()) <= set(everyone.tolist())
