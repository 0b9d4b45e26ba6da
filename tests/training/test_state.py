import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kgpt.training.state import load_state, load_weights, random_state, save_state, save_weights, set_random_state

PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
KEYS = st.text(max_size=5) | st.integers(0, 100)
STATES = st.recursive(
    PLAIN | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(state=STATES)
def test_a_state_comes_back_as_it_was(tmp_path_factory, state):
    folder = tmp_path_factory.mktemp("state")

    save_state(folder, "state", state)

    found = load_state(folder, "state")
    assert found == state
    assert repr(found) == repr(state)


def test_tensors_keep_their_place_shape_and_type(tmp_path):
    state = {
        0: {"step": torch.tensor(3.0), "rows": torch.arange(6).view(2, 3)},
        "bits": [torch.zeros(0, dtype=torch.uint8)],
    }

    save_state(tmp_path, "state", state)

    found = load_state(tmp_path, "state")
    assert torch.equal(found[0]["rows"], state[0]["rows"]) and found[0]["rows"].dtype == torch.int64
    assert found[0]["step"].shape == () and found["bits"][0].dtype == torch.uint8


def test_what_is_no_plain_value_is_refused(tmp_path):
    with pytest.raises(AssertionError, match="object cannot be part of a checkpoint's state"):
        save_state(tmp_path, "state", {"a": object()})


def test_generators_go_on_where_they_were(tmp_path):
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    np.random.standard_normal()  # keeps a second number back
    save_state(tmp_path, "random", random_state())
    drawn = random.random(), np.random.standard_normal(3).tolist(), torch.rand(2).tolist()

    set_random_state(load_state(tmp_path, "random"))

    assert (random.random(), np.random.standard_normal(3).tolist(), torch.rand(2).tolist()) == drawn


def test_tied_weights_are_written_once_and_come_back_under_both_names(tmp_path):
    words = torch.rand(100, 8)

    save_weights({"words": words, "head": words, "bias": torch.zeros(3)}, tmp_path / "model.safetensors")

    assert (tmp_path / "model.safetensors").stat().st_size < 1.5 * words.nbytes
    found = load_weights(tmp_path / "model.safetensors")
    assert torch.equal(found["head"], words) and torch.equal(found["words"], words)
    assert set(found) == {"words", "head", "bias"}
