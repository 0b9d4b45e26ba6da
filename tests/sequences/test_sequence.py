import numpy as np

from kgpt.sequences import NO_TARGET, Sequence, collate
from kgpt.sequences.sequence import plain_sequence


def test_padding_is_told_apart_and_asks_nothing():
    batch = collate([plain_sequence(np.array([5, 6, 7])), plain_sequence(np.array([8]))], pad_id=0)

    assert batch.ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert batch.present.tolist() == [[True, True, True], [True, False, False]]
    assert (batch.targets == NO_TARGET).all()
    assert batch.visibility is None and batch.decoder_targets is None


def test_padded_rows_of_the_visibility_see_only_themselves():
    seen = np.array([[True, False], [False, True]])
    small = Sequence(np.array([1, 2]), np.zeros(2, np.int8), np.arange(2), np.full(2, NO_TARGET), seen)

    batch = collate([small, plain_sequence(np.array([1, 2, 3]))], pad_id=0)

    assert batch.visibility[0].tolist() == [[True, False, False], [False, True, False], [False, False, True]]
    assert batch.visibility[1].all()


def test_tokens_count_nodes_read_and_words_written():
    sequence = plain_sequence(np.array([5, 6, 7]), decoder_targets=np.array([9, 1]))

    batch = collate([sequence, plain_sequence(np.array([5]), decoder_targets=np.array([1]))], pad_id=0)

    assert sequence.num_tokens == 5
    assert batch.num_tokens == 7
