import numpy as np
import pytest
import torch

from kgpt.model import build_model
from kgpt.model.relational_encoder import AttentionLayer, BasisLayer, CompositionLayer, RelationalEncoder
from kgpt.recipes import recipes
from kgpt.sequences import Mixture
from kgpt.sequences.batch import GraphTensors

EDGES = [(0, 0, 1), (0, 1, 2), (2, 0, 1), (3, 1, 0)]
NODES, SIZE, RELATIONS = 5, 8, 2


def both_ways():
    """Neighbour, type and node of every message."""
    return [(h, r, t) for h, r, t in EDGES] + [(t, r + RELATIONS, h) for h, r, t in EDGES]


def subgraph():
    edges = torch.tensor(EDGES)
    return GraphTensors(
        torch.arange(NODES), edges, torch.zeros(NODES, dtype=torch.int64), torch.zeros(NODES, dtype=torch.int64)
    )


def run(layer, vectors):
    sources, types, targets = torch.tensor(both_ways()).T
    return layer(vectors, torch.stack([sources, targets]), types)


def test_a_basis_layer_is_a_matrix_a_relation_over_the_mean():
    torch.manual_seed(0)
    layer, vectors = BasisLayer(SIZE, 2 * RELATIONS), torch.randn(NODES, SIZE)
    bases = layer.bases.weight.view(SIZE, 2, SIZE).transpose(0, 1)

    for node in range(NODES):
        told = [
            torch.einsum("b,boi,i->o", layer.mix.weight[kind], bases, vectors[other])
            for other, kind, target in both_ways()
            if target == node
        ]
        expected = layer.own(vectors[node]) + (torch.stack(told).mean(dim=0) if told else 0.0)
        assert torch.allclose(run(layer, vectors)[node], expected, atol=1e-5)


def test_a_composition_layer_takes_the_relation_from_the_neighbour():
    torch.manual_seed(0)
    layer, vectors = CompositionLayer(SIZE, 2 * RELATIONS), torch.randn(NODES, SIZE)

    for node in range(NODES):
        told = [layer.neighbor(vectors[o] - layer.types.weight[k]) for o, k, target in both_ways() if target == node]
        expected = layer.own(vectors[node]) + (torch.stack(told).mean(dim=0) if told else 0.0)
        assert torch.allclose(run(layer, vectors)[node], expected, atol=1e-5)


def test_an_attention_layer_weighs_neighbours_by_key_query_and_relation():
    torch.manual_seed(0)
    layer, vectors = AttentionLayer(SIZE, 2 * RELATIONS), torch.randn(NODES, SIZE)

    for node in range(NODES):
        heads = []
        for head in range(layer.heads):
            part = slice(head * 2, head * 2 + 2)
            query, told = layer.query(vectors[node])[part], [e for e in both_ways() if e[2] == node]
            edges = [layer.types.weight[k][part] for _, k, _ in told]
            logits = [
                query @ layer.key(vectors[o])[part] / 2**0.5 + layer.type_bias.weight[k, head] for o, k, _ in told
            ]
            values = [layer.value(vectors[o])[part] + edge for (o, _, _), edge in zip(told, edges, strict=True)]
            weights = torch.stack(logits).softmax(dim=0) if told else []
            heads.append(sum((w * v for w, v in zip(weights, values, strict=True)), torch.zeros(2)))
        assert torch.allclose(run(layer, vectors)[node], layer.own(vectors[node]) + torch.cat(heads), atol=1e-5)


@pytest.mark.parametrize("kind", ["rgcn", "compgcn", "gat"])
def test_a_node_knows_what_is_two_steps_away_and_no_more(kind):
    torch.manual_seed(0)
    encoder = RelationalEncoder(kind=kind, size=SIZE, num_relations=1, num_layers=2)
    chain = torch.tensor([(0, 0, 1), (1, 0, 2), (2, 0, 3)])
    blank = torch.zeros(4, dtype=torch.int64)
    vectors = torch.randn(4, SIZE, requires_grad=True)

    encoder(vectors, GraphTensors(torch.arange(4), chain, blank, blank)).vectors[0, 0].backward()

    assert vectors.grad[:3].any(dim=1).all()
    assert not vectors.grad[3].any()


def test_entities_outside_the_neighbourhood_keep_their_own_vector():
    encoder = RelationalEncoder(kind="compgcn", size=SIZE, num_relations=RELATIONS, num_layers=1)
    around = encoder(torch.randn(NODES, SIZE), subgraph())
    own = torch.randn(2, SIZE)

    told = around.replace(torch.tensor([2, 99]), own)

    assert torch.equal(told[0], around.vectors[2])
    assert torch.equal(told[1], own[1])


@pytest.mark.parametrize("kind", ["rgcn", "compgcn", "gat"])
@pytest.mark.parametrize("vectors", ["table", "text"])
def test_colake_trains_with_an_encoder_over_neighbourhoods(kind, vectors, training_data, tiny):
    data = training_data("encoder")
    recipe = recipes.build({"type": "colake", "encoder": kind, "vectors": vectors, "encoder_neighbors": [4, 2]})
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), data.vocabulary, data.graph, recipe.parts("encoder"))
    mixture = Mixture(recipe.streams(data, "encoder"), tokens_per_step=200, seed=0, pad_id=data.vocabulary.pad)

    outputs = model(mixture.batches(0))
    outputs[0]["entity"].logits.sum().backward()

    moved = [name for name, parameter in model.nodes.encoder.named_parameters() if parameter.grad is not None]
    assert len(moved) == len(list(model.nodes.encoder.named_parameters()))


def test_what_a_batch_asks_for_is_not_among_the_edges_around_it(training_data):
    data = training_data("encoder")
    recipe = recipes.build({"type": "colake", "encoder": "compgcn", "anchor_prob": 1.0, "encoder_neighbors": [16, 16]})
    mixture = Mixture(recipe.streams(data, "encoder"), tokens_per_step=60, seed=0, pad_id=data.vocabulary.pad)

    for step in range(20):
        (batch,) = mixture.batches(step)
        entities = batch.kinds == 1
        read = set(batch.ids[entities].tolist()) | set(batch.targets[entities].tolist())
        nodes = batch.subgraph.nodes
        for head, _, tail in batch.subgraph.edges.tolist():
            assert not {int(nodes[head]), int(nodes[tail])} <= read
        assert (np.diff(nodes.numpy()) > 0).all()
