import numpy as np
import pytest

from kgpt.errors import ConfigError
from kgpt.sequences import (
    Mixture,
    QuestionStream,
    SpanCorruptionStream,
    WeightedStream,
    WordKnowledgeGraphStream,
)


@pytest.fixture
def mixture(writing_passages, writing_words, capital_questions):
    text = SpanCorruptionStream(passages=writing_passages, vocabulary=writing_words, max_tokens=64)
    questions = QuestionStream(questions=capital_questions, vocabulary=writing_words)
    streams = {"text": WeightedStream(text, 0.75), "questions": WeightedStream(questions, 0.25)}
    return Mixture(streams, tokens_per_step=600, seed=0, pad_id=writing_words.pad)


def test_a_step_can_be_made_without_those_before_it(mixture, writing_words):
    again = Mixture(mixture.streams, tokens_per_step=600, seed=0, pad_id=writing_words.pad)
    for step in range(5):
        mixture.batches(step)

    late, direct = mixture.batches(7), again.batches(7)

    assert all((one.ids == two.ids).all() for one, two in zip(late, direct, strict=True))


def test_streams_share_the_tokens_by_weight(mixture):
    tokens = np.array([[batch.num_tokens for batch in mixture.batches(step)] for step in range(30)]).mean(axis=0)

    assert tokens.sum() == pytest.approx(600, rel=0.05)
    assert tokens[0] / tokens.sum() == pytest.approx(0.75, abs=0.04)


def test_every_record_comes_once_a_pass(mixture):
    per_step = mixture.num_sequences["questions"]
    seen = [row.tolist() for step in range(5) for row in mixture.batches(step)[1].ids]

    num_passes = per_step * 5 // 5
    assert all(seen.count(row) == num_passes for row in seen)
    assert mixture.passes(5)["questions"] == pytest.approx(num_passes)


def test_another_seed_gives_another_order(mixture, writing_words):
    other = Mixture(mixture.streams, tokens_per_step=600, seed=1, pad_id=writing_words.pad)

    assert mixture.batches(0)[0].ids.tolist() != other.batches(0)[0].ids.tolist()


def test_an_empty_stream_is_named(writing_words):
    empty = QuestionStream(questions=(), vocabulary=writing_words)

    with pytest.raises(ConfigError, match="stream questions: it has no record"):
        Mixture({"questions": WeightedStream(empty, 1.0)}, tokens_per_step=100, seed=0, pad_id=0)


def test_candidates_hold_every_entity_asked_for(masked_passages, capitals, masked_words):
    stream = WordKnowledgeGraphStream(
        passages=masked_passages, graph=capitals, vocabulary=masked_words, num_negatives=3
    )
    mixture = Mixture({"graphs": WeightedStream(stream, 1.0)}, tokens_per_step=300, seed=0, pad_id=0)

    (batch,) = mixture.batches(0)

    asked = batch.targets[(batch.kinds == 1) & (batch.targets >= 0)]
    assert len(asked) and set(asked.tolist()) <= set(batch.candidates.tolist())
    assert batch.candidates.tolist() == sorted(set(batch.candidates.tolist()))
