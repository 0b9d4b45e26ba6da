"""Plain text as sequences: masked for encoders, span-corrupted for encoder-decoders."""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.span_corruption import Span, corrupt_spans, random_spans
from kgpt.sequences.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class MaskedTextStream:
    """Passages with masked words (Devlin et al., 2019), longer ones cut to a random window."""

    passages: PassageStore
    vocabulary: Vocabulary
    max_tokens: int
    masking: MaskingSettings = MaskingSettings()

    def __len__(self) -> int:
        return len(self.passages)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage, its words masked."""
        words = window(self.passages.word_ids(index), self.max_tokens - 2, rng)
        return masked_text(words, self.vocabulary, self.masking, rng)


@dataclass(frozen=True, kw_only=True)
class SpanCorruptionStream:
    """Passages with spans to be written back by the decoder.

    Args:
        passages: the texts.
        vocabulary: their words.
        max_tokens: longer ones are cut to a random window.
        noise_density: share of the words that is hidden.
        mean_span_words: of random spans.
        salient_prob: probability that a passage hides its linked mentions instead (Guu et al., 2020).
    """

    passages: PassageStore
    vocabulary: Vocabulary
    max_tokens: int
    noise_density: float = 0.15
    mean_span_words: float = 3.0
    salient_prob: float = 0.0

    def __len__(self) -> int:
        return len(self.passages)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage, some of its spans hidden."""
        words = self.passages.word_ids(index)
        salient = self._salient_spans(index, rng) if rng.random() < self.salient_prob else []
        if not salient or len(words) > self.max_tokens - 1:
            words = window(words, self.max_tokens - 1, rng)
            salient = random_spans(
                len(words), noise_density=self.noise_density, mean_span_words=self.mean_span_words, rng=rng
            )
        source, target = corrupt_spans(words, salient, self.vocabulary)
        ids = self.vocabulary.wrap(source)
        return plain_sequence(ids, decoder_targets=np.append(target, self.vocabulary.end))

    def _salient_spans(self, index: int, rng: np.random.Generator) -> list[Span]:
        spans = [(anchor.start, anchor.end) for anchor in self.passages.anchors_of(index)]
        return choose_spans(spans, len(self.passages.word_ids(index)), noise_density=self.noise_density, rng=rng)


def choose_spans(
    spans: SequenceOf[Span], num_words: int, *, noise_density: float, rng: np.random.Generator
) -> list[Span]:
    """Mentions in random order until `noise_density` of the words is reached, in reading order."""
    room = max(1.0, noise_density * num_words)
    chosen: list[Span] = []
    for place in rng.permutation(len(spans)).tolist():
        span = spans[place]
        if sum(end - start for start, end in chosen) >= room or len(chosen) >= 16:
            break
        if all(span[1] <= start or end <= span[0] for start, end in chosen):
            chosen.append(span)
    return sorted(chosen)


def masked_text(
    words: NDArray[np.int64], vocabulary: Vocabulary, masking: MaskingSettings, rng: np.random.Generator
) -> Sequence:
    """A text between the words that open and close it, some of its own words masked."""
    ids, first = vocabulary.wrap(words), len(vocabulary.prefix)
    kind, places = KindVocabulary.of(vocabulary), np.arange(first, first + len(words))
    corrupted, targets = mask_nodes(ids, places, vocabulary=kind, settings=masking, rng=rng)
    return plain_sequence(corrupted, targets=targets)


def window(words: NDArray[np.int64], max_words: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`words`, or where there are too many a random stretch of `max_words`."""
    if len(words) <= max_words:
        return words
    start = int(rng.integers(0, len(words) - max_words + 1))
    return words[start : start + max_words]
