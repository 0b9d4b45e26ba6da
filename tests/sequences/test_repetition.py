from dataclasses import replace

import numpy as np
import pytest

from kgpt.errors import ConfigError
from kgpt.records import Metadata
from kgpt.sequences import MaskedTextStream, Mixture, WeightedStream, WordKnowledgeGraphStream, build_passages
from kgpt.sequences.aligned_entity_stream import AlignedEntityStream
from kgpt.sequences.passage_store import joined_passages
from kgpt.sequences.repetition import LongTexts, factors_of_shares, repeated

SOURCES = ["news", "wiki", "wiki", "", "news"]


@pytest.fixture(scope="module")
def passages(capital_passages, capitals, masked_words):
    told = [replace(one, metadata=Metadata(source=s)) for one, s in zip(capital_passages, SOURCES, strict=True)]
    stores = [build_passages(part, capitals, masked_words) for part in (told[:2], told[2:])]
    return joined_passages(stores)


def slices_of(stream, passages):
    return [passages.slices[passages.slice_numbers[int(record)]] for record in stream.records]


def test_joined_stores_number_their_slices_alike(passages):
    assert passages.slices == ("news", "unknown", "wiki")
    assert [passages.slices[number] for number in passages.slice_numbers] == ["news", "wiki", "wiki", "unknown", "news"]


@pytest.mark.parametrize("kind", ["text", "filtered"])
def test_a_slice_is_read_as_often_as_told(kind, passages, masked_words):
    stream = MaskedTextStream(passages=passages, vocabulary=masked_words, max_tokens=32)
    if kind == "filtered":
        stream = AlignedEntityStream(passages=passages, vocabulary=masked_words, num_entities=10)

    found = repeated(stream, {"wiki": 3, "unknown": 0}, text=passages)

    assert sorted(slices_of(found, passages)) == ["news"] * 2 + ["wiki"] * 6
    rng = np.random.default_rng
    assert found.draw(0, rng(0)).ids.tolist() == stream.draw(int(found.records[0]), rng(0)).ids.tolist()


def test_half_a_repetition_reads_always_the_same_half(passages, masked_words):
    stream = MaskedTextStream(passages=passages, vocabulary=masked_words, max_tokens=32)

    one, two = (repeated(stream, {"news": 0.5, "wiki": 1.5}, text=passages).records.tolist() for _ in range(2))

    assert one == two


def test_shares_are_shares_of_the_words(passages):
    factors = factors_of_shares(passages, {"news": 0.6, "wiki": 0.4})

    lengths = np.diff(passages.word_indptr)
    read = {n: factors[n] * lengths[passages.slice_numbers == i].sum() for i, n in enumerate(passages.slices)}
    assert read["news"] / read["wiki"] == pytest.approx(1.5)
    assert factors["unknown"] == 0.0
    assert min(value for value in factors.values() if value) == 1.0


def test_a_repeated_stream_has_the_candidates_of_its_own(passages, capitals, masked_words):
    stream = WordKnowledgeGraphStream(passages=passages, graph=capitals, vocabulary=masked_words)
    mixture = Mixture(
        {"graphs": WeightedStream(repeated(stream, {"wiki": 2}, text=passages), 1.0)},
        tokens_per_step=60,
        seed=0,
        pad_id=0,
    )

    assert mixture.batches(0)[0].candidates is not None


def test_a_misspelt_slice_is_told_with_the_nearest_name(passages, masked_words):
    stream = MaskedTextStream(passages=passages, vocabulary=masked_words, max_tokens=32)

    with pytest.raises(ConfigError, match="no slice 'wikki'; did you mean 'wiki'"):
        repeated(stream, {"wikki": 2}, text=passages)


def test_long_passages_are_read_more_often(passages, masked_words):
    stream = MaskedTextStream(passages=passages, vocabulary=masked_words, max_tokens=32)
    lengths = np.diff(passages.word_indptr)
    limit = int(np.sort(lengths)[-2])

    found = repeated(stream, {}, LongTexts(min_words=limit, factor=3), text=passages)

    times = np.bincount(found.records, minlength=len(passages))
    assert times.tolist() == np.where(lengths >= limit, 3, 1).tolist()
