from dataclasses import replace

import numpy as np
import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.model import Nodes, build_model
from kgpt.model.language_model import attention_mask, shift_right
from kgpt.model.stack import encoder_states
from kgpt.sequences import NO_TARGET, Sequence, WordKnowledgeGraphStream, collate
from kgpt.sequences.sequence import plain_sequence
from kgpt.wkgraph import NeighborSettings

SIZE = 7


def apart(num_nodes=SIZE, first=3):
    """Two parts of a sequence that do not see each other."""
    part = np.arange(num_nodes) < first
    return part[:, None] == part


def sequence_of(vocabulary, visibility):
    ids = np.random.default_rng(0).integers(5, vocabulary.size, SIZE)
    return Sequence(ids, np.zeros(SIZE, np.int8), np.arange(SIZE), np.full(SIZE, NO_TARGET), visibility)


@pytest.mark.parametrize("family", ["roberta", "bert", "modernbert", "t5"])
def test_no_gradient_passes_a_blocked_edge(family, tiny, masked_words):
    torch.manual_seed(0)
    model = build_model(tiny(family, num_layers=2), masked_words, None).eval()
    batch = collate([sequence_of(masked_words, apart())], pad_id=0)
    embedded = model.words(batch.ids).detach().requires_grad_()

    encoder_states(model.backbone, embedded, attention_mask(batch), batch.positions)[0, :3, 0].sum().backward()

    assert embedded.grad[0, :3].any(dim=-1).all()
    assert not embedded.grad[0, 3:].any()


@pytest.mark.parametrize("family", ["roberta", "bert", "modernbert", "t5"])
def test_a_node_that_may_not_be_seen_changes_no_other_state(family, tiny, masked_words):
    torch.manual_seed(0)
    model = build_model(tiny(family, num_layers=2), masked_words, None).eval()
    batch = collate([sequence_of(masked_words, apart())], pad_id=0)
    other = replace(batch, ids=batch.ids.clone())
    other.ids[0, 3:] = torch.flip(other.ids[0, 3:], dims=[0])

    states, changed = (
        encoder_states(model.backbone, model.words(one.ids), attention_mask(one), one.positions)
        for one in (batch, other)
    )

    assert torch.equal(states[0, :3], changed[0, :3])
    assert not torch.allclose(states[0, 3:], changed[0, 3:])


def test_a_whole_visibility_gives_the_same_states_as_none(tiny, masked_words):
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, None).eval()
    masked = collate([sequence_of(masked_words, np.ones((SIZE, SIZE), bool))], pad_id=0)
    plain = replace(masked, visibility=None)

    states = [
        encoder_states(model.backbone, model.words(one.ids), attention_mask(one), one.positions)
        for one in (masked, plain)
    ]

    assert torch.allclose(*states, atol=1e-6)


@pytest.fixture
def graph_batch(masked_passages, capitals, masked_words):
    stream = WordKnowledgeGraphStream(
        passages=masked_passages,
        graph=capitals,
        vocabulary=masked_words,
        neighbors=NeighborSettings(anchor_prob=1.0),
    )
    rows = [stream.draw(index, np.random.default_rng(index)) for index in range(len(stream))]
    return collate(rows, pad_id=0)


def test_every_kind_answers_over_its_own_vocabulary(graph_batch, tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()})

    outputs = model(graph_batch)

    sizes = {name: output.logits.shape[1] for name, output in outputs.items()}
    assert sizes == {"word": masked_words.size, "entity": capitals.num_entities, "relation": capitals.num_relations}


def test_targets_among_candidates_name_the_same_entities(graph_batch, tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()}).eval()
    asked = graph_batch.targets[(graph_batch.kinds == 1) & (graph_batch.targets != NO_TARGET)]
    candidates = torch.unique(torch.cat([asked, torch.tensor([0, 4])]))

    few, full = model(replace(graph_batch, candidates=candidates))["entity"], model(graph_batch)["entity"]

    assert candidates[few.targets].tolist() == full.targets.tolist() == asked.tolist()
    assert torch.allclose(few.logits, full.logits[:, candidates], atol=1e-6)


def test_a_head_that_nothing_asks_is_absent(tiny, masked_words, capitals):
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()})

    assert model(collate([plain_sequence(np.array([5, 6]))], pad_id=0)) == {}


def test_graph_nodes_are_refused_by_a_model_of_words_alone(graph_batch, tiny, masked_words):
    model = build_model(tiny("roberta"), masked_words, None)

    with pytest.raises(CheckpointError, match="graph nodes but the model was built for words alone"):
        model(graph_batch)


def test_the_decoder_reads_the_start_word_and_what_stands_before(tiny, writing_words):
    config = build_model(tiny("t5"), writing_words, None).config
    targets = torch.tensor([[7, 8, 1], [9, 1, NO_TARGET]])

    assert shift_right(targets, config).tolist() == [[0, 7, 8], [0, 9, 1]]
