"""Masked text whose mentions show their entity, some of them wrong or hidden (ERNIE, Zhang et al., 2019, 3.4)."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.masking import MaskingSettings
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.passage_window import cut_window, passages_with
from kgpt.sequences.sequence import HIDDEN_ENTITY, Sequence
from kgpt.sequences.text_stream import masked_text
from kgpt.sequences.vocabulary import Vocabulary

_SHOWN, _ASKED = 2, 3


@dataclass(frozen=True, kw_only=True)
class AlignedEntityStream:
    """Passages with masked words and denoised entity alignments.

    Args:
        passages: the texts with their anchors.
        vocabulary: of the words.
        num_entities: of the graph; a wrong entity is one of them.
        max_tokens: longer passages are cut to a random window.
        min_mentions: passages with fewer are left out (ERNIE: 5).
        wrong_prob: a mention shows another entity.
        hidden_prob: a mention shows none.
        masking: of the words.
    """

    passages: PassageStore
    vocabulary: Vocabulary
    num_entities: int
    max_tokens: int = 256
    min_mentions: int = 1
    wrong_prob: float = 0.05
    hidden_prob: float = 0.15
    masking: MaskingSettings = MaskingSettings()

    def __len__(self) -> int:
        return len(self._kept)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage; every mention asks for its entity, whatever it shows."""
        window = cut_window(self.passages, int(self._kept[index]), self.max_tokens - 2, rng)
        text = masked_text(window.words, self.vocabulary, self.masking, rng)
        mentions = window.mentions(first=len(self.vocabulary.prefix))
        return replace(text, mentions=self._noisy(mentions, rng))

    def _noisy(self, mentions_M5: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        fate = rng.random(len(mentions_M5))
        wrong, hidden = fate < self.wrong_prob, fate >= 1 - self.hidden_prob
        mentions_M5[:, _ASKED] = mentions_M5[:, _SHOWN]
        mentions_M5[wrong, _SHOWN] = rng.integers(0, self.num_entities, int(wrong.sum()))
        mentions_M5[hidden, _SHOWN] = HIDDEN_ENTITY
        return mentions_M5

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        return passages_with(self.passages, min_mentions=self.min_mentions)
