"""DRAGON's link prediction against section 6 of RECIPES.md, and the leak that its release had."""

import numpy as np
import pytest
import torch
from torch.nn.functional import logsigmoid

from kgpt.model import build_model
from kgpt.objectives import TripleScoring, combine
from kgpt.recipes import recipes
from kgpt.sequences import collate
from kgpt.sequences.outputs import TripleScores
from kgpt.sequences.subgraph import CONTEXT_NODE
from kgpt.wkgraph.bridging import Bridge


@pytest.fixture
def stream(training_data):
    recipe = recipes.build({"type": "dragon", "num_negatives": 4})
    return recipe.streams(training_data("encoder"), "encoder")["passages"].stream


@pytest.fixture
def model(training_data, tiny):
    torch.manual_seed(0)
    data, recipe = training_data("encoder"), recipes.build({"type": "dragon", "node_size": 16, "fused_layers": 2})
    return build_model(tiny("roberta", num_layers=2), data.vocabulary, data.graph, recipe.parts("encoder")).eval()


def test_the_loss_is_the_papers():
    torch.manual_seed(0)
    positive, heads, tails = torch.randn(5), torch.randn(5, 4), torch.randn(5, 4)
    penalty = torch.tensor(2.5)

    ours = combine(
        [TripleScoring(temperature=1.0, penalty=0.01)], [{"triples": TripleScores(positive, heads, tails, penalty)}]
    )

    negative = torch.cat([heads, tails], dim=1)
    weighed = (negative.softmax(dim=1) * logsigmoid(-negative)).sum(dim=1).mean()
    expected = 0.5 * (-logsigmoid(positive).mean() - weighed) + 0.01 * penalty / 5
    assert ours.total.item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_score_is_distmult_over_the_root_of_the_width(model):
    part = model.parts["graph_fusion"]
    head, tail, relation = torch.randn(16), torch.randn(16), torch.tensor(1)

    expected = (head * part.relations.weight[1] * tail).sum() / 4.0
    assert part(head, relation, tail).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("score", ["transe", "rotate"])
def test_a_distance_is_below_the_margin_that_the_recipe_says(training_data, tiny, score):
    data, recipe = training_data("encoder"), recipes.build({"type": "dragon", "score": score, "margin": 5.0})
    model = build_model(tiny("roberta", num_layers=2), data.vocabulary, data.graph, recipe.parts("encoder"))
    part, relation = model.parts["graph_fusion"], torch.tensor(1)
    torch.nn.init.zeros_(part.relations.weight)
    node = torch.randn(part.relations.weight.shape[1])

    assert part(node, relation, node).item() == pytest.approx(5.0, abs=0.01)
    assert part(node, relation, -node).item() < 5.0


def test_no_edge_joins_the_ends_of_one_that_was_taken_out(training_data, capitals):
    recipe = recipes.build({"type": "dragon", "drop_prob": 1.0, "held_out_frac": 0.5})
    stream = recipe.streams(training_data("encoder"), "encoder")["passages"].stream

    for seed in range(40):
        subgraph = stream.draw(seed % 5, np.random.default_rng(seed)).subgraph
        asked = {frozenset((head, tail)) for head, _, tail in subgraph.asked.positives.tolist()}
        seen = {frozenset((head, tail)) for head, _, tail in subgraph.edges.tolist()}
        assert asked and not asked & seen


def test_asked_edges_are_true_and_their_negatives_are_not(stream, capitals):
    facts = set(map(tuple, capitals.triples.tolist()))

    for seed in range(40):
        subgraph = stream.draw(seed % 5, np.random.default_rng(seed)).subgraph
        asked, nodes = subgraph.asked, subgraph.nodes
        for place, (head, relation, tail) in enumerate(asked.positives.tolist()):
            assert (nodes[head], relation, nodes[tail]) in facts
            assert not {(nodes[one], relation, nodes[tail]) for one in asked.false_heads[place]} & facts
            assert not {(nodes[head], relation, nodes[one]) for one in asked.false_tails[place]} & facts


def test_the_text_is_a_node_joined_to_what_it_mentions(stream, masked_passages, capitals):
    subgraph = stream.draw(1, np.random.default_rng(0)).subgraph

    mentioned = {anchor.entity for anchor in masked_passages.anchors_of(1)}
    assert subgraph.nodes[0] == CONTEXT_NODE
    assert (subgraph.nodes[1:] != CONTEXT_NODE).all()
    joined = {
        int(subgraph.nodes[tail]) for head, relation, tail in subgraph.edges if relation == capitals.num_relations
    }
    assert joined == mentioned
    assert {int(n) for n, k in zip(subgraph.nodes, subgraph.kinds, strict=True) if k == Bridge.MENTIONED} == mentioned


def test_the_text_reads_the_graph_and_the_graph_the_text(model, stream):
    batch = collate([stream.draw(1, np.random.default_rng(0))], pad_id=0)
    names = [model.parts["graph_fusion"].entities.rows.weight, model.words.weight]

    outputs = model(batch)
    from_graph = torch.autograd.grad(outputs["word"].logits.sum(), names[0], retain_graph=True)[0]
    from_text = torch.autograd.grad(outputs["triples"].positives.sum(), names[1])[0]

    assert from_graph.any()
    assert from_text.any()


def test_sequences_do_not_read_each_others_graphs(model, stream):
    rows = [stream.draw(index, np.random.default_rng(index)) for index in (0, 1, 2)]

    together = model(collate(rows, pad_id=0))
    alone = [model(collate([row], pad_id=0)) for row in rows]

    assert torch.allclose(
        together["triples"].positives, torch.cat([one["triples"].positives for one in alone]), atol=1e-4
    )
    assert torch.allclose(together["word"].logits, torch.cat([one["word"].logits for one in alone]), atol=1e-4)
