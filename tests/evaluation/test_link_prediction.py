import numpy as np
import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation.link_prediction import Guesser, evaluate_link_prediction_by_text
from kgpt.sequences.link_stream import LinkStream
from kgpt.verbalization.neighborhood import LinkQuery


@pytest.fixture(scope="module")
def stream(capitals, writing_words):
    return LinkStream(graph=capitals, vocabulary=writing_words)


@torch.inference_mode()
def test_a_score_is_the_log_probability_of_the_name(writer, stream, capitals):
    query = LinkQuery(capitals.entity("Q10"), capitals.relations.ids.find("P36"), False)

    scores = Guesser(writer, stream, num_samples=10, max_new_words=8).scores(query, seed=0, candidates=range(10))

    words, source = writer.vocabulary, torch.from_numpy(stream.source(query, np.random.default_rng(0)))[None]
    for entity, score in scores.items():
        target = [*words.encode(capitals.entities.label(entity)).tolist(), words.end]
        logits = writer.model.backbone(source, decoder_input_ids=torch.tensor([[words.pad, *target[:-1]]])).logits[0]
        expected = sum(float(row.log_softmax(0)[one]) for row, one in zip(logits, target, strict=True))
        assert score == pytest.approx(expected, rel=1e-4)


def test_sampled_entities_have_the_scores_that_all_have(writer, stream, capitals):
    guesser = Guesser(writer, stream, num_samples=4_000, max_new_words=4)
    query = LinkQuery(capitals.entity("Q10"), capitals.relations.ids.find("P36"), False)
    everyone = guesser.scores(query, seed=0, candidates=range(10))

    sampled = guesser.scores(query, seed=0)

    assert sampled == pytest.approx({entity: everyone[entity] for entity in sampled}, rel=1e-4)
    assert sampled == guesser.scores(query, seed=0)


def test_every_triple_is_asked_both_ways_and_other_answers_are_filtered(writer, stream, capitals):
    outcomes = evaluate_link_prediction_by_text(writer, capitals.triples, capitals, stream=stream, candidates="all")

    items = {one.item for one in outcomes}
    assert len(items) == 2 * capitals.num_triples and len(outcomes) == 5 * len(items)
    guesser = Guesser(writer, stream, num_samples=1, max_new_words=8)
    france, borders = capitals.entity("Q11"), capitals.relations.ids.find("P47")
    germany, spain = capitals.entity("Q10"), capitals.entity("Q13")
    scores = guesser.scores(LinkQuery(france, borders, False), seed=0, candidates=range(10))
    better = sum(scores[one] > scores[germany] for one in range(10) if one != spain)
    (mrr,) = [one.value for one in outcomes if one.item == "Q11|P47|Q10|tail" and one.metric == "mrr"]
    assert mrr == pytest.approx(1 / (1 + better))


def test_an_encoder_is_refused(reader, stream, capitals):
    with pytest.raises(CheckpointError, match="encoder-decoder"):
        evaluate_link_prediction_by_text(reader, capitals.triples, capitals, stream=stream)


def test_a_name_is_found_whatever_its_blanks(stream, capitals):
    assert stream.entity_called(" Berlin ") == capitals.entity("Q0")
    assert stream.entity_called("Nowhere") is None
