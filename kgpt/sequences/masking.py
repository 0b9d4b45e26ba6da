"""Masking for encoders, one kind of node at a time (Devlin et al., 2019; per kind as CoLAKE).

Of a kind's nodes a share is asked for; of those 80 % become the mask, 10 % another id of the kind, 10 % stay.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.sequence import NO_TARGET
from kgpt.sequences.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskingSettings:
    """What is asked and how it is hidden.

    Args:
        share: of a kind's nodes.
        mask_prob: an asked node becomes the mask.
        random_prob: an asked node becomes another id of its kind; else it stays.
    """

    share: float = 0.15
    mask_prob: float = 0.8
    random_prob: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class KindVocabulary:
    """The ids of one kind of node: `[0, size)` may stand in for one another, `mask` hides."""

    size: int
    mask: int

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "KindVocabulary":
        """The words."""
        return cls(size=vocabulary.size, mask=vocabulary.mask)


def mask_nodes(
    ids: NDArray[np.int64],
    places: NDArray[np.int64],
    *,
    vocabulary: KindVocabulary,
    settings: MaskingSettings,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`ids` with some nodes hidden, and what was there.

    Args:
        ids: ids of all nodes, [S]; not changed.
        places: the nodes of one kind that may be asked for, [n].
        vocabulary: of that kind.
        settings: how many and how.
        rng: draws which.

    Returns:
        The corrupted ids [S] and the targets [S], `NO_TARGET` where nothing is asked.
    """
    targets = np.full(len(ids), NO_TARGET, np.int64)
    if not len(places):
        return ids, targets
    num_asked = max(1, round(settings.share * len(places)))
    asked = rng.permutation(places)[:num_asked]
    targets[asked] = ids[asked]
    out, fate = ids.copy(), rng.random(num_asked)
    hidden = fate < settings.mask_prob
    swapped = ~hidden & (fate < settings.mask_prob + settings.random_prob)
    out[asked[hidden]] = vocabulary.mask
    out[asked[swapped]] = rng.integers(0, vocabulary.size, int(swapped.sum()))
    return out, targets
