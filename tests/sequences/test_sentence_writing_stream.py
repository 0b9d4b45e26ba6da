import numpy as np

from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.sentence_writing_stream import SentenceWritingStream


def test_a_passages_facts_are_read_and_the_passage_is_written(writing_passages, writing_words, capitals):
    stream = SentenceWritingStream(facts=AlignedFacts(writing_passages, capitals), vocabulary=writing_words)

    row = stream.draw(0, np.random.default_rng(0))

    assert writing_words.decode(row.ids) == "Germany capital Berlin"
    assert row.decoder_targets.tolist() == [*writing_passages.word_ids(0).tolist(), writing_words.end]


def test_passages_without_facts_are_not_drawn(writing_passages, writing_words, capitals):
    less = capitals.with_triples(capitals.triples[:-1])
    held = set(map(tuple, capitals.triples.tolist())) - set(map(tuple, less.triples.tolist()))
    told = [set(map(tuple, writing_passages.triples_of(i).tolist())) for i in range(5)]

    stream = SentenceWritingStream(facts=AlignedFacts(writing_passages, less), vocabulary=writing_words)

    assert len(stream) == sum(bool(rows - held) for rows in told)
