import pytest
import torch

from kgpt.model.embedding import GraphEmbedding
from kgpt.wkgraph import NodeKind


@pytest.fixture
def embedding():
    torch.manual_seed(0)
    embedding = GraphEmbedding(num_entities=4, num_relations=2, hidden_size=8)
    torch.nn.init.normal_(embedding.kinds.weight)
    return embedding


def reference(embedding, words, ids, kinds):
    tables = {0: words, 1: embedding.entities, 2: embedding.relations}
    rows = []
    for identifier, kind in zip(ids.flatten().tolist(), kinds.flatten().tolist(), strict=True):
        rows.append(tables[kind].weight[identifier] + embedding.kinds.weight[kind])
    return torch.stack(rows).view(*ids.shape, -1)


def test_a_node_is_the_sum_of_its_kinds_row_and_its_kind(embedding):
    words = torch.nn.Embedding(10, 8)
    ids, kinds = torch.tensor([[9, 4, 2], [0, 1, 3]]), torch.tensor([[0, 1, 2], [2, 0, 1]])

    embedded = embedding(ids, kinds, words)

    assert torch.equal(embedded, reference(embedding, words, ids, kinds))


def test_a_node_teaches_its_own_tables_row_alone(embedding):
    words = torch.nn.Embedding(10, 8)

    embedding(torch.tensor([[3]]), torch.tensor([[int(NodeKind.ENTITY)]]), words).sum().backward()

    assert embedding.entities.weight.grad.abs().sum(dim=1).nonzero().flatten().tolist() == [3]
    assert not words.weight.grad.any()
    assert not embedding.relations.weight.grad.any()


def test_a_row_begins_as_the_mean_of_its_labels_words(embedding, capitals, masked_words):
    words = torch.nn.Embedding(masked_words.size, 8)
    embedding = GraphEmbedding(num_entities=capitals.num_entities, num_relations=3, hidden_size=8)

    embedding.start_from_names(capitals.entities, capitals.relations, words, masked_words)

    number = capitals.relations.ids.find("P1376")
    expected = words.weight[masked_words.encode("capital of").tolist()].mean(dim=0)
    assert torch.allclose(embedding.relations.weight[number], expected)
