import networkx as nx
import pytest
import torch

from kgpt.model import DistanceBiasSettings, build_model
from kgpt.model.base import Sizes
from kgpt.model.bucket_bias import bucket_bias
from kgpt.model.distance_bias import distances
from kgpt.recipes import recipes
from kgpt.sequences import Mixture


def test_a_look_up_and_its_gradient_are_those_of_indexing():
    torch.manual_seed(0)
    buckets = torch.randint(0, 6, (2, 5, 5))
    tables = [torch.randn(6, 3).requires_grad_() for _ in range(2)]
    with torch.no_grad():
        tables[1].copy_(tables[0])
    weights = torch.randn(2, 3, 5, 5)

    ours, theirs = bucket_bias(tables[0], buckets), tables[1][buckets].permute(0, 3, 1, 2)
    for one in (ours, theirs):
        (one * weights).sum().backward()

    assert torch.equal(ours, theirs)
    assert torch.allclose(tables[0].grad, tables[1].grad, atol=1e-5)


def test_distances_are_those_of_networkx():
    graph = nx.gnp_random_graph(14, 0.15, seed=3)
    visible = torch.eye(14, dtype=torch.bool) | torch.tensor(nx.to_numpy_array(graph)).bool()
    lengths = dict(nx.all_pairs_shortest_path_length(graph))

    found = distances(visible[None], 4)[0]

    for one in range(14):
        assert found[one].tolist() == [min(lengths[one].get(other, 5), 5) for other in range(14)]


@pytest.fixture
def batch(training_data):
    data = training_data("encoder")
    recipe = recipes.build({"type": "colake", "anchor_prob": 1.0})
    return Mixture(recipe.streams(data, "encoder"), tokens_per_step=100, seed=0, pad_id=data.vocabulary.pad).batches(0)[
        0
    ]


def test_a_bias_of_zero_changes_nothing(training_data, tiny, batch):
    data, recipe = training_data("encoder"), recipes.build("colake")
    outputs = []
    for more in ({}, {"distance_bias": DistanceBiasSettings()}):
        torch.manual_seed(0)
        model = build_model(tiny("roberta"), data.vocabulary, data.graph, recipe.parts("encoder") | more).eval()
        outputs.append(model(batch)["word"].logits)

    assert torch.allclose(*outputs, atol=1e-5)


def test_an_opened_graph_is_closed_again_by_the_bias(training_data, tiny, batch):
    data, recipe = training_data("encoder"), recipes.build("colake")
    outputs = []
    for settings in (DistanceBiasSettings(), DistanceBiasSettings(opens=True)):
        torch.manual_seed(0)
        parts = recipe.parts("encoder") | {"distance_bias": settings}
        model = build_model(tiny("roberta"), data.vocabulary, data.graph, parts).eval()
        with torch.no_grad():
            model.parts["distance_bias"].by_distance[2:] = -1e4
        outputs.append(model(batch)["word"].logits)

    assert torch.allclose(*outputs, atol=1e-5)


def test_every_head_has_its_own_number_a_distance():
    assert DistanceBiasSettings(max_distance=3).build(Sizes(8, 2, 1, 1, 1)).by_distance.shape == (5, 2)
