import numpy as np

from kgpt.sequences.list_stream import ListStream


def test_a_pairs_tails_are_one_answer_by_name(capitals, writing_words):
    stream = ListStream(graph=capitals, vocabulary=writing_words)

    (row,) = [stream.draw(index, np.random.default_rng(0)) for index in range(len(stream))]

    assert writing_words.tokenizer.decode(row.ids) == "France, borders,<extra_id_0></s>"
    assert writing_words.tokenizer.decode(row.decoder_targets) == "<extra_id_0> Germany, Spain</s>"


def test_pairs_of_one_tail_count_where_asked_for(capitals, writing_words):
    stream = ListStream(graph=capitals, vocabulary=writing_words, min_answers=1)

    assert len(stream) == len({tuple(row[:2]) for row in capitals.triples.tolist()})
