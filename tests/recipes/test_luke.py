"""LUKE's attention and embeddings against transformers' own LUKE with the same weights."""

import numpy as np
import pytest
import torch
from transformers import LukeConfig, LukeModel

from kgpt.model import build_model
from kgpt.recipes import recipes
from kgpt.sequences import NO_TARGET, collate
from kgpt.wkgraph import NodeKind

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}


@pytest.fixture
def model(training_data, tiny):
    torch.manual_seed(0)
    data, recipe = training_data("encoder"), recipes.build({"type": "luke", "entity_size": 16})
    backbone = tiny("roberta", num_layers=2, extra={"hidden_act": "gelu"})
    model = build_model(backbone, data.vocabulary, data.graph, recipe.parts("encoder"))
    torch.nn.init.normal_(model.nodes.kinds.weight)
    for queries in model.parts["entity_attention"].queries:
        for parameter in queries.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
    return model.eval()


@pytest.fixture
def stream(training_data):
    return recipes.build("luke").streams(training_data("encoder"), "encoder")["text"].stream


def stock_luke(model, num_entities):
    """transformers' LUKE with the weights of `model`."""
    config = LukeConfig(
        **SIZES,
        vocab_size=model.words.num_embeddings,
        entity_vocab_size=num_entities + 1,
        entity_emb_size=16,
        max_position_embeddings=model.config.max_position_embeddings,
        pad_token_id=model.config.pad_token_id,
        type_vocab_size=1,
        use_entity_aware_attention=True,
        attn_implementation="eager",
    )
    luke, nodes = LukeModel(config).eval(), model.nodes
    weights = {name.removeprefix("roberta."): value for name, value in model.backbone.state_dict().items()}
    kinds = nodes.kinds.weight.detach()
    # LUKE adds no kind to words: shift its word rows by ours, which comes to the same
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"] + kinds[NodeKind.WORD]
    entity = {
        "entity_embeddings.weight": nodes.vectors.rows.weight,
        "entity_embedding_dense.weight": nodes.widen.weight,
        "position_embeddings.weight": weights["embeddings.position_embeddings.weight"],
        "token_type_embeddings.weight": (weights["embeddings.token_type_embeddings.weight"] + kinds[NodeKind.ENTITY]),
        "LayerNorm.weight": weights["embeddings.LayerNorm.weight"],
        "LayerNorm.bias": weights["embeddings.LayerNorm.bias"],
    }
    weights |= {f"entity_embeddings.{name}": value for name, value in entity.items()}
    names = {"word_to_entity": "w2e_query", "entity_to_word": "e2w_query", "entity_to_entity": "e2e_query"}
    for number, queries in enumerate(model.parts["entity_attention"].queries):
        for ours, theirs in names.items():
            for kind in ("weight", "bias"):
                weights[f"encoder.layer.{number}.attention.self.{theirs}.{kind}"] = getattr(
                    getattr(queries, ours), kind
                )
    missing, _ = luke.load_state_dict(weights, strict=False)
    assert all("pooler" in name or "position_ids" in name for name in missing)
    return luke


def test_states_are_those_of_transformers_luke_with_the_same_weights(model, stream, training_data):
    batch = collate([stream.draw(0, np.random.default_rng(3))], pad_id=training_data("encoder").vocabulary.pad)
    luke, is_word = stock_luke(model, training_data("encoder").graph.num_entities), batch.kinds[0] == NodeKind.WORD
    mentions = batch.mentions[:, 1:3]
    offset, places = model.config.pad_token_id + 1, torch.full((1, len(mentions), 30), -1)
    for row, (start, end) in enumerate(mentions.tolist()):
        places[0, row, : end - start] = torch.arange(start, end) + offset

    from kgpt.model.stack import run_stack

    with torch.no_grad():
        embedded = model._embed(batch)
        ours = run_stack(model.backbone, embedded, model._mask(batch), batch.positions).last_hidden_state[0]
        theirs = luke(
            input_ids=batch.ids[:, is_word],
            position_ids=batch.positions[:, is_word] + offset,
            entity_ids=batch.ids[:, ~is_word],
            entity_position_ids=places,
            entity_attention_mask=torch.ones(1, len(mentions)),
        )

    assert torch.allclose(ours[is_word], theirs.last_hidden_state[0], atol=1e-5)
    assert torch.allclose(ours[~is_word], theirs.entity_last_hidden_state[0], atol=1e-5)


def test_the_backbone_alone_is_the_stock_one_again_after_a_batch_of_entities(model, stream, training_data):
    batch = collate([stream.draw(0, np.random.default_rng(3))], pad_id=training_data("encoder").vocabulary.pad)
    words = torch.where(batch.kinds == NodeKind.WORD, batch.ids, 50)  # as many nodes as the batch has

    with torch.no_grad():
        before = model.backbone(input_ids=words).logits
        model(batch)
        after = model.backbone(input_ids=words).logits

    assert (batch.kinds == NodeKind.ENTITY).any() and torch.equal(before, after)


def test_every_mention_has_a_node_with_its_entity_or_the_mask(stream, masked_passages, capitals):
    for seed in range(50):
        row = stream.draw(1, np.random.default_rng(seed))
        nodes = row.kinds == NodeKind.ENTITY
        asked = row.targets[nodes] != NO_TARGET
        told = np.where(asked, row.targets[nodes], row.ids[nodes])
        assert told.tolist() == [anchor.entity for anchor in masked_passages.anchors_of(1)]
        assert (row.ids[nodes][asked] == capitals.num_entities).all()
        assert asked.sum() == max(1, round(0.15 * nodes.sum()))
