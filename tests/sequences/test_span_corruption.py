from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sequences.span_corruption import corrupt_spans, random_spans


@given(
    num_words=st.integers(1, 300),
    density=st.floats(0.05, 0.5),
    mean=st.floats(1, 8),
    seed=st.integers(0, 2**32),
)
def test_spans_are_in_order_apart_and_inside(num_words, density, mean, seed):
    spans = random_spans(num_words, noise_density=density, mean_span_words=mean, rng=np.random.default_rng(seed))

    ends = [end for span in spans for end in span]
    assert ends == sorted(ends)
    assert all(start < end for start, end in spans)
    assert not ends or (ends[0] >= 1 and ends[-1] <= num_words)
    assert all(second[0] > first[1] for first, second in pairwise(spans))


def test_the_noise_covers_its_share():
    rng = np.random.default_rng(0)
    covered = [
        sum(end - start for start, end in random_spans(200, noise_density=0.15, mean_span_words=3.0, rng=rng))
        for _ in range(50)
    ]

    assert np.mean(covered) == pytest.approx(30, abs=0.5)


@given(num_words=st.integers(2, 120), seed=st.integers(0, 2**32))
def test_the_text_can_be_put_together_again(writing_words, num_words, seed):
    rng = np.random.default_rng(seed)
    low = writing_words.sentinel(31) + 1
    words = rng.integers(low, writing_words.size, num_words)
    spans = random_spans(num_words, noise_density=0.3, mean_span_words=3.0, rng=rng)

    source, target = corrupt_spans(words, spans, writing_words)

    assert _reassembled(source.tolist(), target.tolist(), writing_words) == words.tolist()


def _reassembled(source, target, vocabulary):
    sentinels = {vocabulary.sentinel(number) for number in range(32)}
    hidden, current = {}, None
    for word in target:
        if word in sentinels:
            current = word
            hidden[current] = []
        else:
            hidden[current].append(word)
    return [one for word in source for one in (hidden[word] if word in sentinels else [word])]
