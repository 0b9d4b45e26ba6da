"""Span corruption for encoder-decoders (Raffel et al., 2020, section 3.1.4), on random or on salient spans."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.vocabulary import NUM_SENTINELS, Vocabulary

Span = tuple[int, int]


def random_spans(
    num_words: int, *, noise_density: float, mean_span_words: float, rng: np.random.Generator
) -> list[Span]:
    """Spans `[start, end)` that cover `noise_density` of `num_words`, `mean_span_words` long on average.

    As in T5, noise and kept stretches alternate, each side cut at random into equally many parts, kept first. Texts
    that would need more sentinels than there are (with 15 % in spans of 3 beyond 620 words) have longer spans.
    """
    num_noise = min(max(1, round(num_words * noise_density)), num_words - 1)
    if num_noise < 1:
        return []
    num_spans = min(max(1, round(num_noise / mean_span_words)), num_noise, num_words - num_noise, NUM_SENTINELS - 1)
    noise = _cut(num_noise, num_spans, rng)
    kept = _cut(num_words - num_noise, num_spans, rng)
    ends = np.cumsum(np.stack([kept, noise], axis=1).ravel())
    return [(int(end - length), int(end)) for end, length in zip(ends[1::2], noise, strict=True)]


def corrupt_spans(
    word_ids: NDArray[np.int64], spans: Sequence[Span], vocabulary: Vocabulary
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every span replaced by its own sentinel, and the target: each sentinel followed by what it hides.

    Args:
        word_ids: a text without special words, [N].
        spans: in order, not overlapping, at most `NUM_SENTINELS - 1`.
        vocabulary: for the sentinels.

    Returns:
        The words that are left with the sentinels, and the target with a closing sentinel.
    """
    source, target, place = [], [], 0
    for number, (start, end) in enumerate(spans):
        mark = np.array([vocabulary.sentinel(number)], np.int64)
        source += [word_ids[place:start], mark]
        target += [mark, word_ids[start:end]]
        place = end
    target.append(np.array([vocabulary.sentinel(len(spans))], np.int64))
    return np.concatenate([*source, word_ids[place:]]), np.concatenate(target)


def _cut(total: int, parts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`total` as a sum of `parts` random numbers of at least 1."""
    cuts = np.sort(rng.choice(np.arange(1, total), parts - 1, replace=False)) if parts > 1 else np.zeros(0, np.int64)
    return np.diff(np.concatenate([[0], cuts, [total]])).astype(np.int64)
