"""Graph LM's positions against T5's own on the text of a triple, and against section 8 of RECIPES.md."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kgpt.model import build_model
from kgpt.recipes import recipes
from kgpt.sequences import collate
from kgpt.sequences.graph_position import FAR, GRAPH_TO_TEXT, TEXT_TO_GRAPH
from kgpt.sequences.sequence import plain_sequence
from kgpt.wkgraph.levi_graph import build_levi_graph


@pytest.fixture
def model(training_data, tiny):
    torch.manual_seed(0)
    data, recipe = training_data("encoder_decoder"), recipes.build("graph_lm")
    model = build_model(tiny("t5", num_layers=2), data.vocabulary, data.graph, recipe.parts("encoder_decoder"))
    table = model.backbone.encoder.block[0].layer[0].SelfAttention.relative_attention_bias
    torch.nn.init.normal_(table.weight)
    return model.eval()


def stream(training_data, **settings):
    recipe = recipes.build({"type": "graph_lm", **settings})
    return recipe.streams(training_data("encoder_decoder"), "encoder_decoder")["graphs"].stream


def states(model, sequence):
    from kgpt.model.stack import run_stack

    batch = collate([sequence], pad_id=0)
    with torch.no_grad():
        return run_stack(model.backbone, model._embed(batch), model._mask(batch), batch.positions).last_hidden_state[0]


def test_a_single_triple_reads_as_its_text(model):
    rng = np.random.default_rng(0)
    nodes = [rng.integers(40, 60, size) for size in (3, 2, 4)]
    graph = build_levi_graph(nodes, [(0, 1, 2)])
    plain = plain_sequence(graph.words)

    ours = states(model, replace(plain, relative_positions=graph.relative))

    assert torch.allclose(ours, states(model, plain), atol=1e-6)


def test_the_order_of_the_nodes_does_not_matter(model):
    rng = np.random.default_rng(0)
    head, relation, tail = (rng.integers(40, 60, size) for size in (3, 2, 4))
    one = build_levi_graph([head, relation, tail], [(0, 1, 2)])
    other = build_levi_graph([tail, head, relation], [(1, 2, 0)])

    first, second = (
        states(model, replace(plain_sequence(graph.words), relative_positions=graph.relative)) for graph in (one, other)
    )

    assert torch.allclose(first[:3], second[4:7], atol=1e-6)
    assert torch.allclose(first[5:], second[:4], atol=1e-6)


def reference(sizes, triples):
    """For token i of h and j of r: l_h - i + j; to token m of t: l_h - i + l_r + m; backwards the negative."""
    words = [(node, place) for node, size in enumerate(sizes) for place in range(size)]
    out = np.full((len(words), len(words)), FAR)
    for a, (one, i) in enumerate(words):
        for b, (other, j) in enumerate(words):
            for h, r, t in triples:
                gap = {(h, r): sizes[h], (r, t): sizes[r], (h, t): sizes[h] + sizes[r]}
                if (one, other) in gap and out[a, b] == FAR:
                    out[a, b] = gap[one, other] - i + j
                if (other, one) in gap and out[a, b] == FAR:
                    out[a, b] = -(gap[other, one] - j + i)
            if one == other:
                out[a, b] = j - i
    return out


def test_positions_are_the_papers():
    sizes, triples = [2, 1, 3, 2, 1], [(0, 1, 2), (0, 3, 4)]
    graph = build_levi_graph([np.zeros(size, np.int64) for size in sizes], triples)

    assert (np.where(graph.joined, graph.relative, FAR) == reference(sizes, triples)).all()


@pytest.mark.parametrize("reach", ["local", "global"])
def test_what_no_triple_joins_is_far_or_unseen(training_data, reach, capitals):
    row = stream(training_data, reach=reach, text_prob=1.0).draw(1, np.random.default_rng(0))

    is_far = row.relative_positions == FAR
    assert (row.visibility is None) == (reach == "global")
    if reach == "local":
        assert not row.visibility[is_far].any()
        assert row.visibility[~is_far].all()
    assert (row.relative_positions == TEXT_TO_GRAPH).sum() == (row.relative_positions == GRAPH_TO_TEXT).sum() > 0


def test_new_buckets_begin_as_the_farthest_of_t5(model):
    table = model.backbone.encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight
    fresh = model.parts["graph_positions"]

    fresh.start(model.backbone, None, None)

    assert torch.equal(fresh.new_buckets, table[-1].expand_as(fresh.new_buckets))


def test_text_reads_the_stock_way_beside_graphs(model, training_data):
    plain = plain_sequence(np.arange(40, 52))

    before = states(model, plain)
    states(model, stream(training_data).draw(0, np.random.default_rng(0)))

    assert torch.equal(states(model, plain), before)


def test_the_encoder_alone_is_the_stock_one_again_after_a_batch_of_graphs(model, training_data):
    words = torch.arange(40, 52)[None]
    batch = collate([stream(training_data).draw(0, np.random.default_rng(0))], pad_id=0)

    with torch.no_grad():
        before = model.backbone.encoder(input_ids=words).last_hidden_state
        model(batch)
        after = model.backbone.encoder(input_ids=words).last_hidden_state

    assert batch.relative_positions is not None and torch.equal(before, after)


def test_the_hidden_node_is_what_the_decoder_writes(training_data, writing_words, capitals):
    found = stream(training_data, text_prob=0.0)
    names = {capitals.entities.label(one) for one in range(capitals.num_entities)}
    names |= {capitals.relations.label(one) for one in range(capitals.num_relations)}

    for seed in range(60):
        row = found.draw(seed % len(found), np.random.default_rng(seed))
        assert writing_words.decode(row.decoder_targets) in names
        assert (row.ids == writing_words.sentinel(0)).sum() == 1
