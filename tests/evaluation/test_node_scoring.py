import numpy as np
import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation.node_scoring import NodeScorer, masked_end
from kgpt.model import BackboneSettings, LoadedModel, Nodes, build_model
from kgpt.sequences import NO_TARGET
from kgpt.wkgraph import NodeKind

SETTINGS = BackboneSettings(
    family="roberta", architecture="encoder", hidden_size=32, num_layers=2, num_heads=2, feed_forward_size=64
)


def loaded_with(graph, words, **nodes):
    torch.manual_seed(0)
    model = build_model(SETTINGS, words, graph, {"nodes": Nodes(**nodes)})
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return LoadedModel(model, words, "encoder", {})


@pytest.fixture
def loaded(capitals, masked_words):
    return loaded_with(capitals, masked_words)


def row_of(graph, head, relation, tail):
    return np.array([[graph.entity(head), graph.relations.ids.find(relation), graph.entity(tail)]], np.int32)


def test_the_masked_end_is_asked_for_and_the_other_stands_there(loaded, capitals):
    head, relation, tail = row = row_of(capitals, "Q11", "P36", "Q1")[0].tolist()
    first, mask = len(loaded.vocabulary.prefix), capitals.num_entities

    for side, seen in (("tail", [head, mask]), ("head", [mask, tail])):
        made = masked_end(loaded, row, side)

        assert made.ids[made.kinds == NodeKind.ENTITY].tolist() == seen
        assert made.ids[made.kinds == NodeKind.RELATION].tolist() == [relation]
        asked = np.flatnonzero(made.targets != NO_TARGET)
        assert made.targets[asked].tolist() == [tail if side == "tail" else head]
        assert made.ids[asked].tolist() == [mask]
        assert made.positions[[first, -2, -1]].tolist() == [first, first + 2, first + 1]


def test_a_score_does_not_depend_on_the_end_that_is_asked_for(loaded, capitals):
    scorer = NodeScorer(loaded, capitals)
    one, two = (row_of(capitals, "Q11", "P36", tail) for tail in ("Q1", "Q3"))

    assert scorer(one, "tail") == pytest.approx(scorer(two, "tail"))
    assert scorer(one, "head") != pytest.approx(scorer(two, "head"))


def test_an_encoder_scores_every_entity(capitals, masked_words):
    scorer = NodeScorer(loaded_with(capitals, masked_words, encoder="compgcn"), capitals)

    assert scorer(capitals.triples[:3], "head").shape == (3, capitals.num_entities)


def test_a_model_with_other_nodes_is_refused(capitals, masked_words):
    other = LoadedModel(build_model(SETTINGS, masked_words), masked_words, "encoder", {})

    with pytest.raises(CheckpointError, match="this very graph's entities"):
        NodeScorer(other, capitals)
