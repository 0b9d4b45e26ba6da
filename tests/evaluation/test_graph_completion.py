import numpy as np
import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation import AskedFact, evaluate_graph_completion
from kgpt.model import BackboneSettings, LoadedModel, Nodes, build_model

SETTINGS = BackboneSettings(
    family="roberta", architecture="encoder", hidden_size=32, num_layers=1, num_heads=2, feed_forward_size=64
)


@pytest.fixture
def loaded(capitals, masked_words):
    torch.manual_seed(0)
    model = build_model(SETTINGS, masked_words, capitals, {"nodes": Nodes()})
    return LoadedModel(model, masked_words, "encoder", {})


@pytest.fixture
def facts(capitals):
    relation = capitals.relations.ids.find("P36")
    rows = capitals.triples[capitals.triples[:, 1] == relation].tolist()
    return [AskedFact(f"{h}", h, r, (t,), ("seen",)) for h, r, t in rows]


def test_a_model_whose_head_prefers_the_right_row_ranks_it_first(loaded, facts, capitals):
    fact = facts[0]
    with torch.no_grad():
        loaded.model.nodes.entity_head.norm.weight.zero_()
        loaded.model.nodes.entity_head.norm.bias.copy_(torch.eye(32)[0])
        loaded.model.nodes.vectors.rows.weight[:, 0] = 0.0
        loaded.model.nodes.vectors.rows.weight[fact.tails[0], 0] = 5.0

    outcomes = evaluate_graph_completion(loaded, [fact], capitals)

    assert {one.metric: one.value for one in outcomes} == {"p_at_1": 1.0, "mrr": 1.0, "hits_at_10": 1.0}


def test_a_model_that_scores_all_alike_gets_the_middle_rank(loaded, facts, capitals):
    with torch.no_grad():
        loaded.model.nodes.vectors.rows.weight.zero_()

    outcomes = evaluate_graph_completion(loaded, facts, capitals)

    assert np.mean([one.value for one in outcomes if one.metric == "mrr"]) == pytest.approx(1 / 3)


def test_a_model_with_other_nodes_is_refused(loaded, facts, capitals, masked_words):
    other = LoadedModel(build_model(SETTINGS, masked_words), masked_words, "encoder", {})

    with pytest.raises(CheckpointError, match="this very graph's entities"):
        evaluate_graph_completion(other, facts, capitals)


def test_an_encoder_scores_with_neighbours_and_without_the_asked_edges(facts, capitals, masked_words, monkeypatch):
    torch.manual_seed(0)
    model = build_model(SETTINGS, masked_words, capitals, {"nodes": Nodes(encoder="compgcn")})
    loaded, seen = LoadedModel(model, masked_words, "encoder", {}), []
    real = type(model)._read
    monkeypatch.setattr(type(model), "_read", lambda self, batch: seen.append(batch) or real(self, batch))

    outcomes = evaluate_graph_completion(loaded, facts, capitals)

    assert {one.metric for one in outcomes} == {"p_at_1", "mrr", "hits_at_10"}
    edges = {(int(h), int(r), int(t)) for batch in seen for h, r, t in batch.subgraph.edges}
    nodes = seen[0].subgraph.nodes
    told = {(int(nodes[h]), r, int(nodes[t])) for h, r, t in edges}
    assert not told & {(fact.head, fact.relation, tail) for fact in facts for tail in fact.tails}
    assert len(seen[0].candidates) == capitals.num_entities
