"""How often a pass reads each slice of the text: repetition by source, or shares of the whole; long texts more often.

A factor of 2 reads every passage of a slice twice a pass, 0.5 reads half of them (always the same half, by a hash of
their ids), 0 none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError, did_you_mean
from kgpt.randomness import stable_fraction
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.stream import Stream


@dataclass(frozen=True, eq=False)
class RepeatedStream:
    """A stream whose records are read as often as `records` [N] names them; all else is the stream's own."""

    stream: Stream
    records: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.records)

    def draw(self, index: int, rng: np.random.Generator) -> Any:
        """A sequence from the record that place `index` names."""
        return self.stream.draw(int(self.records[index]), rng)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@dataclass(frozen=True, kw_only=True, slots=True)
class LongTexts:
    """Passages of at least `min_words` words of the vocabulary are read `factor` times as often."""

    min_words: int
    factor: float = 1.0


def repeated(
    stream: Stream, factors: Mapping[str, float], long_texts: LongTexts | None = None, *, text: PassageStore
) -> Stream:
    """`stream` with its passages repeated by slice and length; one whose records are no passages of `text` as it is.

    Args:
        stream: a record a passage, or a record each of the passages that `passage_numbers` names.
        factors: by slice; slices that are not named are read once.
        long_texts: how much more often long passages are read.
        text: the run's passages.

    Raises:
        ConfigError: a slice that the passages do not have.
    """
    passages = getattr(stream, "passages", None)
    if passages is not text or not (factors or long_texts):
        return stream
    check_slices(text, factors)
    numbers = passage_numbers(stream, text)
    if numbers is None:
        return stream
    by_slice = np.array([factors.get(name, 1.0) for name in text.slices])
    wanted = by_slice[text.slice_numbers[numbers]]
    if long_texts is not None:
        is_long = np.diff(text.word_indptr)[numbers] >= long_texts.min_words
        wanted = np.where(is_long, long_texts.factor * wanted, wanted)
    part = np.array([stable_fraction("repetition", text.ids[number]) for number in numbers.tolist()])
    times = np.floor(wanted).astype(np.int64) + (part < wanted % 1)
    return RepeatedStream(stream, np.repeat(np.arange(len(numbers)), times))


def factors_of_shares(passages: PassageStore, shares: Mapping[str, float]) -> dict[str, float]:
    """The repetition by slice that gives each slice its share of the words, the least repeated read once.

    Raises:
        ConfigError: a slice that the passages do not have, or no share above 0.
    """
    check_slices(passages, shares)
    if not any(share > 0 for share in shares.values()):
        raise ConfigError("mixture.shares: no slice has a share above 0")
    words = np.bincount(passages.slice_numbers, weights=np.diff(passages.word_indptr), minlength=len(passages.slices))
    raw = {name: shares.get(name, 0.0) / max(float(words[number]), 1.0) for number, name in enumerate(passages.slices)}
    least = min(value for value in raw.values() if value > 0)
    return {name: value / least for name, value in raw.items()}


def check_slices(passages: PassageStore, named: Mapping[str, float]) -> None:
    """Refuse slices that the passages do not have, and negative figures."""
    for name, value in named.items():
        if name not in passages.slices:
            raise ConfigError(f"mixture: the text has no slice {name!r}; {did_you_mean(name, list(passages.slices))}")
        if value < 0:
            raise ConfigError(f"mixture: slice {name!r}: expected 0 or more, found {value:g}")


def passage_numbers(stream: Stream, passages: PassageStore) -> NDArray[np.int64] | None:
    """The passage of each of the stream's records, or None where records are no passages."""
    kept = getattr(stream, "_kept", None)
    if kept is not None:
        return np.asarray(kept, np.int64)
    return np.arange(len(passages)) if len(stream) == len(passages) else None
