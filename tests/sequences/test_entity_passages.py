import numpy as np

from kgpt.sequences.entity_passages import entity_passages


def test_every_head_is_a_passage_whose_only_mention_is_its_name(capitals, masked_words):
    store = entity_passages(capitals, masked_words)

    heads = np.unique(capitals.triples[:, 0]).tolist()
    assert [anchor.entity for number in range(len(store)) for anchor in store.anchors_of(number)] == heads
    for number in range(len(store)):
        (anchor,) = store.anchors_of(number)
        assert (anchor.start, anchor.end) == (0, len(store.word_ids(number)))


def test_an_entity_that_heads_nothing_has_none(capitals, masked_words):
    graph = capitals.with_triples(capitals.triples[:1])

    assert list(entity_passages(graph, masked_words).ids) == [f"{capitals.triple(capitals.triples[0]).head}#0"]
