"""Texts written about a graph as sequences: masked for encoders, corrupted for encoder-decoders, plain for decoders."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.causal_stream import causal_sequence
from kgpt.sequences.masking import KindVocabulary, MaskingSettings, mask_nodes
from kgpt.sequences.piecewise import Anchored, PieceEncoder
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.span_corruption import corrupt_spans, random_spans
from kgpt.sequences.text_stream import choose_spans
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.base import PieceSource

Asking = Literal["masked", "spans", "next"]
ASKING: Mapping[str, Asking] = {"encoder": "masked", "encoder_decoder": "spans", "decoder": "next"}
"""What is asked of each architecture."""


@dataclass(frozen=True, kw_only=True)
class WrittenStream:
    """Texts of a source, some of it asked for.

    Args:
        source: writes the texts.
        vocabulary: of the model.
        asking: `masked` words (encoders), `spans` (encoder-decoders), the `next` word (decoders).
        max_tokens: longer texts lose their end.
        noise_density: share of the words that is hidden.
        mean_span_words: of random spans.
        salient_prob: how often whole mentions are hidden instead of random spans (Guu et al., 2020).
    """

    source: PieceSource
    vocabulary: Vocabulary
    asking: Asking
    max_tokens: int = 128
    noise_density: float = 0.15
    mean_span_words: float = 3.0
    salient_prob: float = 0.5

    def __len__(self) -> int:
        return len(self.source)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """The text of one record."""
        words, anchors = self._encoder.anchored(self.source.pieces(index, rng))
        kept = words[: self.max_tokens - 2]
        if self.asking == "next":
            return causal_sequence(kept, self.vocabulary, is_whole=len(kept) == len(words))
        if self.asking == "masked":
            return self._masked(kept, rng)
        return self._corrupted(kept, anchors, rng)

    def _masked(self, words: NDArray[np.int64], rng: np.random.Generator) -> Sequence:
        ids = self.vocabulary.wrap(words)
        inner = np.arange(len(self.vocabulary.prefix), len(ids) - len(self.vocabulary.suffix))
        kind = KindVocabulary(size=self.vocabulary.size, mask=self.vocabulary.mask)
        settings = MaskingSettings(share=self.noise_density)
        corrupted, targets = mask_nodes(ids, inner, vocabulary=kind, settings=settings, rng=rng)
        return plain_sequence(corrupted, targets=targets)

    def _corrupted(self, words: NDArray[np.int64], anchors: list[Anchored], rng: np.random.Generator) -> Sequence:
        spans = [(start, end) for start, end, _ in anchors if end <= len(words)]
        if spans and rng.random() < self.salient_prob:
            chosen = choose_spans(spans, len(words), noise_density=self.noise_density, rng=rng)
            if 1 < len(chosen) == len(spans):  # with every name hidden nothing says what is asked
                chosen.pop(int(rng.random() * len(chosen)))
        else:
            chosen = random_spans(
                len(words), noise_density=self.noise_density, mean_span_words=self.mean_span_words, rng=rng
            )
        source, target = corrupt_spans(words, chosen, self.vocabulary)
        return plain_sequence(self.vocabulary.wrap(source), decoder_targets=np.append(target, self.vocabulary.end))

    @cached_property
    def _encoder(self) -> PieceEncoder:
        return PieceEncoder(self.vocabulary)
