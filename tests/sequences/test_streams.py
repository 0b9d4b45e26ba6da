import numpy as np
import pytest

from kgpt.sequences import (
    NO_TARGET,
    MaskedTextStream,
    QuestionStream,
    SpanCorruptionStream,
    TripleStream,
    WordKnowledgeGraphStream,
)
from kgpt.verbalization import Verbalizer
from kgpt.wkgraph import NeighborSettings, NodeKind


@pytest.fixture
def streams(writing_passages, masked_passages, writing_words, masked_words, capitals, capital_questions):
    return {
        "masked": MaskedTextStream(passages=masked_passages, vocabulary=masked_words, max_tokens=24),
        "spans": SpanCorruptionStream(
            passages=writing_passages, vocabulary=writing_words, max_tokens=24, salient_prob=0.5
        ),
        "triples": TripleStream(
            verbalizer=Verbalizer(capitals), vocabulary=writing_words, forms=("linear", "inverse", "template")
        ),
        "questions": QuestionStream(questions=capital_questions, vocabulary=writing_words),
        "graphs": WordKnowledgeGraphStream(passages=masked_passages, graph=capitals, vocabulary=masked_words),
    }


@pytest.mark.parametrize("name", ["masked", "spans", "triples", "questions", "graphs"])
def test_the_same_index_and_generator_give_the_same_sequence(streams, name):
    stream = streams[name]
    for index in range(len(stream)):
        one, two = (stream.draw(index, np.random.default_rng(3)) for _ in range(2))
        assert one.ids.tolist() == two.ids.tolist()
        assert one.targets.tolist() == two.targets.tolist()
        assert one.decoder_targets.tolist() == two.decoder_targets.tolist()


@pytest.mark.parametrize("name", ["masked", "spans", "triples", "questions", "graphs"])
def test_every_sequence_asks_for_something(streams, name):
    stream = streams[name]
    for index in range(len(stream)):
        drawn = stream.draw(index, np.random.default_rng(index))
        assert (drawn.targets != NO_TARGET).any() or len(drawn.decoder_targets)


def test_a_hidden_entity_is_the_target_and_nowhere_in_the_source(streams, writing_words, capitals):
    stream = streams["triples"]
    for index in range(len(stream)):
        for seed in range(6):
            drawn = stream.draw(index, np.random.default_rng(seed))
            names = Verbalizer(capitals).names(capitals.triples[index])
            answer, source = writing_words.decode(drawn.decoder_targets), writing_words.decode(drawn.ids)
            assert answer in (names[0], names[2])
            assert answer not in source


def test_a_question_ends_with_the_sentinel_that_its_answer_follows(streams, writing_words):
    drawn = streams["questions"].draw(0, np.random.default_rng(0))

    assert drawn.ids[-2] == writing_words.sentinel(0)
    assert drawn.decoder_targets[0] == writing_words.sentinel(0)
    assert writing_words.decode(drawn.decoder_targets) == "Berlin"


def test_salient_spans_hide_linked_mentions(writing_passages, writing_words):
    stream = SpanCorruptionStream(passages=writing_passages, vocabulary=writing_words, max_tokens=128, salient_prob=1.0)

    drawn = stream.draw(1, np.random.default_rng(0))

    hidden = writing_words.decode(drawn.decoder_targets)
    assert "Paris" in hidden or "France" in hidden


def test_special_words_are_never_masked(streams, masked_words):
    for index in range(5):
        for seed in range(20):
            drawn = streams["masked"].draw(index, np.random.default_rng(seed))
            assert drawn.ids[0] == masked_words.prefix[0] and drawn.ids[-1] == masked_words.suffix[0]


def test_all_three_kinds_are_asked_for(masked_passages, capitals, masked_words):
    stream = WordKnowledgeGraphStream(
        passages=masked_passages,
        graph=capitals,
        vocabulary=masked_words,
        neighbors=NeighborSettings(anchor_prob=1.0),
    )

    drawn = stream.draw(0, np.random.default_rng(0))

    assert set(drawn.kinds[drawn.targets != NO_TARGET].tolist()) == {int(kind) for kind in NodeKind}


def test_candidates_follow_frequency_to_the_three_quarters(masked_passages, capitals, masked_words):
    stream = WordKnowledgeGraphStream(
        passages=masked_passages, graph=capitals, vocabulary=masked_words, num_negatives=200_000
    )
    mentions = np.bincount(masked_passages.anchors[:, 2], minlength=capitals.num_entities)
    expected = (mentions + capitals.degrees) ** 0.75

    drawn = np.bincount(stream.draw_candidates(np.random.default_rng(0)), minlength=capitals.num_entities)

    assert drawn / drawn.sum() == pytest.approx(expected / expected.sum(), abs=0.01)
