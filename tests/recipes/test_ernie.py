"""ERNIE's fusion and denoising against section 5 of RECIPES.md."""

import numpy as np
import pytest
import torch
from torch.nn.functional import gelu, layer_norm

from kgpt.model import EntityFusionSettings
from kgpt.model.base import Sizes, States
from kgpt.recipes import recipes
from kgpt.sequences import collate
from kgpt.sequences.sequence import HIDDEN_ENTITY

SIZES = Sizes(hidden=32, heads=2, layers=1, entities=10, relations=3)


@pytest.fixture
def stream(training_data):
    return recipes.build("ernie").streams(training_data("encoder"), "encoder")["text"].stream


@pytest.fixture
def part():
    torch.manual_seed(0)
    return EntityFusionSettings(size=12, fused_layers=1).build(SIZES).eval()


def normed(values, norm):
    return layer_norm(values, norm.normalized_shape, norm.weight, norm.bias)


def reference(fusion, states, entities, aligned):
    """h = gelu(W w + b + W' e); w' = LN(w + W_o h): one word after the other, e of zero where there is none."""
    attended, _ = fusion.attention(entities[None], entities[None], entities[None])
    told, out = normed(entities + attended[0], fusion.entity_norm), []
    for place, word in enumerate(states):
        entity = told[aligned.index(place)] if place in aligned else torch.zeros(entities.shape[1])
        inner = gelu(fusion.from_words(word) + fusion.from_entities(entity))
        out.append(normed(word + fusion.to_words(inner), fusion.word_norm))
    return torch.stack(out)


def test_words_and_entities_are_mixed_as_in_the_paper(part, stream):
    batch = collate([stream.draw(index, np.random.default_rng(7)) for index in (0, 1, 2)], pad_id=0)
    states = torch.randn(*batch.ids.shape, 32)

    fused = part.after_layer(0, states, part.begin(batch))

    for row in range(3):
        mentions = [m for m in batch.mentions.tolist() if m[0] == row and m[3] != HIDDEN_ENTITY]
        if mentions:
            vectors = part.vectors.weight[[m[3] for m in mentions]]
            expected = reference(part.fusions[0], states[row], vectors, [m[1] for m in mentions])
            assert torch.allclose(fused[row], expected, atol=1e-5)


def test_every_aligned_word_chooses_among_the_batchs_entities(part, stream):
    batch = collate([stream.draw(index, np.random.default_rng(1)) for index in (0, 1, 2)], pad_id=0)
    states = torch.randn(*batch.ids.shape, 32)

    output = part.outputs(batch, States(states))["aligned_entity"]

    choices = sorted({m[4] for m in batch.mentions.tolist()})
    for place, (row, start, _, _, asked, _) in enumerate(batch.mentions.tolist()):
        logits = [part.denoise(states[row, start]) @ part.vectors.weight[one] for one in choices]
        assert output.logits[place].tolist() == pytest.approx([one.item() for one in logits], abs=1e-4)
        assert choices[output.targets[place]] == asked


def test_five_in_a_hundred_entities_are_wrong_and_fifteen_hidden(stream):
    mentions = np.concatenate([stream.draw(0, np.random.default_rng(seed)).mentions for seed in range(2000)])

    hidden = mentions[:, 2] == HIDDEN_ENTITY
    right = mentions[:, 2] == mentions[:, 3]
    assert hidden.mean() == pytest.approx(0.15, abs=0.02)
    assert right.mean() == pytest.approx(0.80 + 0.05 / 10, abs=0.02)


def test_entity_vectors_are_translations_and_stay(training_data, tiny):
    from kgpt.model import build_model
    from kgpt.model.translation import translation_vectors

    torch.manual_seed(0)
    data = training_data("encoder")
    vectors = translation_vectors(data.graph, size=16, epochs=300)
    recipe = recipes.build({"type": "ernie", "entity_size": 16, "translation_epochs": 1})
    model = build_model(tiny("roberta"), data.vocabulary, data.graph, recipe.parts("encoder"))

    triples = torch.as_tensor(np.array(data.graph.triples), dtype=torch.int64)
    capital = triples[triples[:, 1] == data.graph.relations.ids.find("P36")]
    steps = vectors[capital[:, 2]] - vectors[capital[:, 0]]
    spread = (steps - steps.mean(dim=0)).norm(dim=1).mean()
    shuffled = vectors[capital[:, 2].roll(1)] - vectors[capital[:, 0]]
    assert spread < 0.8 * (shuffled - shuffled.mean(dim=0)).norm(dim=1).mean()
    assert not model.parts["entity_fusion"].vectors.weight.requires_grad
