from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from kgpt.errors import ConfigError
from kgpt.model import Nodes, build_model
from kgpt.model.base import Sizes
from kgpt.model.node_part import NodePart
from kgpt.sequences import WordKnowledgeGraphStream, collate
from kgpt.wkgraph import NeighborSettings, NodeKind

SIZES = Sizes(hidden=8, heads=2, layers=1, entities=4, relations=2)


@pytest.fixture
def graph_batch(masked_passages, capitals, masked_words):
    stream = WordKnowledgeGraphStream(
        passages=masked_passages,
        graph=capitals,
        vocabulary=masked_words,
        neighbors=NeighborSettings(anchor_prob=1.0),
    )
    return collate([stream.draw(index, np.random.default_rng(index)) for index in range(4)], pad_id=0)


def alone(words):
    """A part beside a backbone that has words alone."""
    part = NodePart(Nodes(), SIZES)
    part.attach(SimpleNamespace(get_input_embeddings=lambda: words))
    return part


def node_batch(batch, ids, kinds):
    ids, kinds = torch.tensor(ids), torch.tensor(kinds)
    return replace(batch, ids=ids, kinds=kinds, targets=torch.full_like(ids, -100))


def test_a_node_is_the_sum_of_its_kinds_row_and_its_kind(graph_batch):
    words = torch.nn.Embedding(10, 8)
    part = alone(words)
    torch.nn.init.normal_(part.kinds.weight)
    batch = node_batch(graph_batch, [[9, 4, 1], [0, 1, 3]], [[0, 1, 2], [2, 0, 1]])

    embedded = part.embed(batch, words(torch.where(batch.kinds == 0, batch.ids, 0)))

    tables = {0: words, 1: part.vectors.rows, 2: part.relations}
    for row, column in ((r, c) for r in range(2) for c in range(3)):
        kind = int(batch.kinds[row, column])
        expected = tables[kind].weight[batch.ids[row, column]] + part.kinds.weight[kind]
        assert torch.equal(embedded[row, column], expected)


def test_a_node_teaches_its_own_tables_row_alone(graph_batch):
    words = torch.nn.Embedding(10, 8)
    part = alone(words)
    batch = node_batch(graph_batch, [[3]], [[int(NodeKind.ENTITY)]])

    part.embed(batch, words(torch.zeros(1, 1, dtype=torch.int64))).sum().backward()

    assert part.vectors.rows.weight.grad.abs().sum(dim=1).nonzero().flatten().tolist() == [3]
    assert not words.weight.grad.any()
    assert not part.relations.weight.grad.any()


@pytest.mark.parametrize("vectors", ["table", "text"])
@pytest.mark.parametrize("size", [0, 12])
def test_a_node_begins_as_its_name(vectors, size, capitals, masked_words, tiny):
    if vectors == "text" and size:
        pytest.skip("a text's vector is as wide as a word's")
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes(vectors=vectors, size=size)})

    number = capitals.entity("Q10")
    name = model.words.weight[torch.as_tensor(masked_words.encode("Germany").copy())].mean(dim=0)
    vector = model.nodes.vectors(torch.tensor([number]), model.words)[0]
    assert torch.allclose(vector, name[: size or 32], atol=1e-6)
    assert model.entity_embedding("Q10").shape == (32,)


def test_with_all_candidates_a_sampled_softmax_is_the_full_one(graph_batch, tiny, masked_words, capitals):
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()}).eval()

    full = model(graph_batch)["entity"]
    sampled = model(replace(graph_batch, candidates=torch.arange(capitals.num_entities)))["entity"]

    assert torch.allclose(full.logits, sampled.logits, atol=1e-6)
    assert torch.equal(full.targets, sampled.targets)


def test_the_log_q_correction_is_taken_from_every_logit(graph_batch, tiny, masked_words, capitals):
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()}).eval()
    chosen = replace(graph_batch, candidates=torch.arange(capitals.num_entities))
    log_q = torch.linspace(-2, 0, capitals.num_entities)

    plain = model(chosen)["entity"].logits
    corrected = model(replace(chosen, candidate_log_q=log_q))["entity"].logits

    assert torch.allclose(corrected, plain - log_q, atol=1e-6)


def test_a_sparse_table_has_gradients_in_the_batchs_rows_alone(graph_batch, tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes(sparse=True)})
    chosen = replace(graph_batch, candidates=torch.unique(graph_batch.targets[graph_batch.targets >= 0]))

    model(replace(chosen, candidates=torch.arange(5)))["word"].logits.sum().backward()

    gradient = model.nodes.vectors.rows.weight.grad
    assert gradient.is_sparse
    read = graph_batch.ids[graph_batch.kinds == NodeKind.ENTITY].unique()
    assert set(gradient.coalesce().indices()[0].tolist()) <= {*read.tolist(), 0}


def test_a_sparse_table_is_not_trained_without_candidates(graph_batch, tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes(sparse=True)})

    with pytest.raises(ConfigError, match="set num_negatives"):
        model(graph_batch)


def test_a_table_in_a_file_gives_what_one_in_memory_gives(graph_batch, tiny, masked_words, capitals, tmp_path):
    models = []
    for settings in (Nodes(sparse=True), Nodes(memory_map=str(tmp_path / "rows.f32"))):
        torch.manual_seed(0)
        models.append(build_model(tiny("roberta"), masked_words, capitals, {"nodes": settings}).eval())
    torch.nn.Module.load_state_dict(models[1], models[0].state_dict())

    one, two = (model(graph_batch)["entity"].logits for model in models)

    assert torch.equal(one, two)
    assert (tmp_path / "rows.f32").stat().st_size == (capitals.num_entities + 1) * 32 * 4
