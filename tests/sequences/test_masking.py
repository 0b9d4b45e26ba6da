import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.sequence import NO_TARGET

WORDS = KindVocabulary(size=1000, mask=1000)


@given(num_nodes=st.integers(1, 200), num_places=st.integers(0, 200), seed=st.integers(0, 2**32))
def test_only_asked_places_change_and_targets_say_what_was_there(num_nodes, num_places, seed):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 1000, num_nodes)
    places = np.sort(rng.permutation(num_nodes)[:num_places])

    out, targets = mask_nodes(ids, places, vocabulary=WORDS, settings=MaskingSettings(), rng=rng)

    asked = np.flatnonzero(targets != NO_TARGET)
    assert set(asked) <= set(places.tolist())
    assert (targets[asked] == ids[asked]).all()
    assert (out[np.setdiff1d(np.arange(num_nodes), asked)] == ids[np.setdiff1d(np.arange(num_nodes), asked)]).all()
    assert len(asked) == (max(1, round(0.15 * len(places))) if len(places) else 0)


def test_eight_in_ten_become_the_mask_and_one_in_ten_another_word():
    rng = np.random.default_rng(0)
    ids = np.full(100_000, 7)

    out, targets = mask_nodes(ids, np.arange(len(ids)), vocabulary=WORDS, settings=MaskingSettings(share=1.0), rng=rng)

    assert (targets == 7).all()
    assert (out == 1000).mean() == pytest.approx(0.8, abs=0.01)
    assert (out == 7).mean() == pytest.approx(0.1, abs=0.01)


def test_the_input_is_left_as_it_was():
    ids = np.arange(50)

    mask_nodes(ids, np.arange(50), vocabulary=WORDS, settings=MaskingSettings(), rng=np.random.default_rng(0))

    assert (ids == np.arange(50)).all()
