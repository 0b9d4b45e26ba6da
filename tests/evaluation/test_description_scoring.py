import numpy as np
import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation.description_scoring import DescriptionScorer, first_states
from kgpt.kg.selection import subgraph
from kgpt.model import BackboneSettings, LoadedModel, TripleScorerSettings, build_model
from kgpt.sequences.description_stream import DescriptionStream

SETTINGS = BackboneSettings(
    family="roberta", architecture="encoder", hidden_size=32, num_layers=1, num_heads=2, feed_forward_size=64
)


@pytest.fixture
def loaded(capitals, masked_words):
    torch.manual_seed(0)
    model = build_model(SETTINGS, masked_words, capitals, {"triple_scorer": TripleScorerSettings(score="rotate")})
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return LoadedModel(model, masked_words, "encoder", {})


def test_the_scores_are_those_of_training(loaded, capitals, masked_words):
    stream = DescriptionStream(graph=capitals, vocabulary=masked_words, num_negatives=3)
    rows = [stream.draw(index, np.random.default_rng(index)) for index in range(4)]
    batch = stream.collate(rows, pad_id=masked_words.pad)
    with torch.inference_mode():
        told = loaded.model.eval()(batch)["triples"]

    scorer = DescriptionScorer.of(loaded, capitals)

    places = np.arange(4)[:, None]
    tails, heads = (scorer(capitals.triples[:4], side) for side in ("tail", "head"))
    false_tails = np.array([row.false_tails for row in rows], int)
    false_heads = np.array([row.false_heads for row in rows], int)
    assert tails[places[:, 0], capitals.triples[:4, 2]] == pytest.approx(told.positives.numpy(), rel=1e-4)
    assert tails[places, false_tails] == pytest.approx(told.false_tails.numpy(), rel=1e-4)
    assert heads[places, false_heads] == pytest.approx(told.false_heads.numpy(), rel=1e-4)


def test_another_graphs_entities_are_scored_under_their_own_numbers(loaded, capitals):
    borders = capitals.relations.ids.find("P47")
    part = subgraph(capitals, capitals.triples[capitals.triples[:, 1] == borders])
    row = part.triples[:1]
    same = np.array([capitals.numbers(part.triple(row[0]))], np.int32)
    numbers = [capitals.entity(one) for one in part.entities.ids]

    scores = DescriptionScorer.of(loaded, part)(row, "tail")

    assert scores == pytest.approx(DescriptionScorer.of(loaded, capitals)(same, "tail")[:, numbers], rel=1e-4)


def test_first_states_come_in_the_texts_order(loaded, masked_words):
    texts = [masked_words.encode_wrapped(text, max_tokens=16) for text in ("Oslo is a city", "Oslo", "Rome of Italy")]

    together = first_states(loaded, texts, batch_size=2)

    for text, state in zip(texts, together, strict=True):
        assert first_states(loaded, [text])[0].numpy() == pytest.approx(state.numpy(), abs=1e-4)


def test_a_model_without_a_triple_scorer_or_the_relation_is_refused(loaded, capitals, masked_words):
    with pytest.raises(CheckpointError, match="scores no triples"):
        DescriptionScorer.of(LoadedModel(build_model(SETTINGS, masked_words), masked_words, "encoder", {}), capitals)
    borders = capitals.relations.ids.find("P47")
    part = subgraph(capitals, capitals.triples[capitals.triples[:, 1] == borders])
    model = build_model(SETTINGS, masked_words, part, {"triple_scorer": TripleScorerSettings()})
    with pytest.raises(CheckpointError, match=r"without the relation P1376 \(of 2\)"):
        DescriptionScorer.of(LoadedModel(model, masked_words, "encoder", {}), capitals)
