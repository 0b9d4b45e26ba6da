import numpy as np
import pytest

from kgpt.sequences.link_stream import LinkStream
from kgpt.verbalization.neighborhood import LinkQuery
from kgpt.verbalization.pieces import joined


def queries(graph):
    rows = graph.triples.tolist()
    return [one for h, r, t in rows for one in (LinkQuery(h, r, False), LinkQuery(t, r, True))]


def texts(stream, seed=0):
    tokenizer = stream.vocabulary.tokenizer
    for index in range(len(stream)):
        row = stream.draw(index, np.random.default_rng(seed))
        yield tokenizer.decode(row.ids), tokenizer.decode(row.decoder_targets)


def test_every_triple_asks_for_its_tail_and_its_head(capitals, writing_words):
    words = writing_words
    label, relation = capitals.entities.label, capitals.relations.label

    expected = []
    for h, r, t in capitals.triples.tolist():
        expected += [(f"predict tail: {label(h)} | {relation(r)}", label(t))]
        expected += [(f"predict head: {label(t)} | {relation(r)}", label(h))]
    plain = [(words.tokenizer.decode(words.wrap(words.encode(one))), f"{two}</s>") for one, two in expected]
    assert list(texts(LinkStream(graph=capitals, vocabulary=words))) == plain


@pytest.mark.parametrize("seed", range(5))
def test_the_answer_never_stands_in_the_context(capitals, writing_words, seed):
    stream = LinkStream(graph=capitals, vocabulary=writing_words, max_neighbors=10)

    for query in queries(capitals):
        context = joined(stream.pieces(query, np.random.default_rng(seed))).split("context:")[1]
        said = {line.split(" | ")[1] for line in context.strip().splitlines()}
        assert said.isdisjoint(capitals.entities.label(answer) for answer in query.answers(capitals))
        assert said or len(capitals.neighbors(query.entity)) == 1


def test_a_sentinel_ends_the_query_where_asked_for(capitals, writing_words):
    stream = LinkStream(graph=capitals, vocabulary=writing_words, max_neighbors=10, has_sentinel=True)

    row = stream.draw(0, np.random.default_rng(0))
    source = stream.source_ids(queries(capitals)[0], np.random.default_rng(0)).tolist()
    bare = LinkStream(graph=capitals, vocabulary=writing_words, max_neighbors=10)

    mark = writing_words.sentinel(0)
    assert row.decoder_targets[0] == mark and source.count(mark) == 1
    source.remove(mark)
    assert source == bare.source_ids(queries(capitals)[0], np.random.default_rng(0)).tolist()


def test_what_is_too_long_loses_the_contexts_last_lines(capitals, writing_words):
    whole = LinkStream(graph=capitals, vocabulary=writing_words, max_neighbors=10)
    short = LinkStream(graph=capitals, vocabulary=writing_words, max_neighbors=10, max_tokens=20)

    one, two = (stream.draw(0, np.random.default_rng(0)).ids for stream in (whole, short))

    assert len(two) == min(20, len(one))
    assert two[:-1].tolist() == one[: len(two) - 1].tolist()
