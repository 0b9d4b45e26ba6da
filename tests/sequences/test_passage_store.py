import numpy as np
import pytest

from kgpt.errors import StoreError
from kgpt.sequences import open_passage_store, write_passage_store


def test_anchors_stand_on_the_words_of_their_mentions(masked_passages, masked_words, capital_passages):
    for number, passage in enumerate(capital_passages):
        words = masked_passages.word_ids(number)
        for anchor, link in zip(masked_passages.anchors_of(number), passage.links, strict=True):
            assert masked_words.decode(words[anchor.start : anchor.end]) == passage.text[link.start : link.end]


def test_aligned_triples_are_kept_by_number(masked_passages, capitals, capital_passages):
    for number, passage in enumerate(capital_passages):
        found = [capitals.triple(row) for row in masked_passages.triples_of(number)]
        assert found == [item.triple for item in passage.alignments]


def test_a_written_store_opens_the_same(masked_passages, tmp_path):
    write_passage_store(masked_passages, tmp_path)

    opened = open_passage_store(tmp_path)

    assert list(opened.ids) == list(masked_passages.ids)
    assert np.array_equal(opened.words, masked_passages.words)
    assert np.array_equal(opened.anchors, masked_passages.anchors)


def test_a_torn_array_is_named(masked_passages, tmp_path):
    write_passage_store(masked_passages, tmp_path)
    path = tmp_path / "anchors.npy"
    path.write_bytes(path.read_bytes()[:40])

    with pytest.raises(StoreError, match="no whole passage store"):
        open_passage_store(tmp_path)
