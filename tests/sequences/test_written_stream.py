import numpy as np
import pytest

from kgpt.sequences import NO_TARGET
from kgpt.sequences.written_stream import WrittenStream
from kgpt.verbalization.triple_source import TripleSource


@pytest.fixture
def stream(capitals, writing_words):
    def build(asking, **settings):
        source = TripleSource(graph=capitals, forms=("template",))
        return WrittenStream(source=source, vocabulary=writing_words, asking=asking, **settings)

    return build


def test_a_decoder_reads_the_whole_text(stream, writing_words):
    row = stream("next").draw(0, np.random.default_rng(0))

    assert writing_words.decode(row.ids) in {"Berlin is the capital of Germany.", "Germany is governed from Berlin."}
    assert row.targets[:-1].tolist() == row.ids[1:].tolist()


def test_an_encoder_is_asked_for_masked_words(stream, writing_words):
    row = stream("masked", noise_density=0.4).draw(0, np.random.default_rng(0))

    asked = row.targets != NO_TARGET
    assert asked.sum() == max(1, round(0.4 * (len(row.ids) - 1)))
    assert not asked[-1]


def test_salient_spans_are_whole_names(stream, capitals, writing_words):
    salient = stream("spans", salient_prob=1.0)
    names = {capitals.entities.label(number) for number in range(capitals.num_entities)}

    for index in range(len(salient)):
        row = salient.draw(index, np.random.default_rng(index))
        assert writing_words.decode(row.decoder_targets) in names


def test_random_spans_put_back_give_the_text(stream, writing_words):
    for seed in range(10):
        row = stream("spans", salient_prob=0.0).draw(0, np.random.default_rng(seed))
        source, target = row.ids.tolist(), row.decoder_targets.tolist()
        place, end = source.index(writing_words.sentinel(0)), target.index(writing_words.sentinel(1))
        whole = writing_words.decode([*source[:place], *target[1:end], *source[place + 1 :]])
        assert whole in {"Berlin is the capital of Germany.", "Germany is governed from Berlin."}


@pytest.mark.parametrize("asking", ["masked", "spans", "next"])
def test_a_long_text_loses_its_end(stream, asking):
    assert len(stream(asking, max_tokens=6).draw(0, np.random.default_rng(0)).ids) <= 6
