"""Facts to be written as the passage that tells them: what trains KELM's generator (Agarwal et al., 2021, 3.3)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.piecewise import PieceEncoder
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.subgraph import by_head, serialized


@dataclass(frozen=True, kw_only=True)
class SentenceWritingStream:
    """Every passage that tells facts: its facts are read, the passage is written.

    Args:
        facts: the passages with what may be told of them.
        vocabulary: of the model.
        max_tokens: longer facts and passages lose their end.
    """

    facts: AlignedFacts
    vocabulary: Vocabulary
    max_tokens: int = 128

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def passages(self) -> PassageStore:
        """Whose records these are."""
        return self.facts.passages

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage, its facts in random order."""
        passage = int(self._kept[index])
        rows = self.facts.of(passage)
        shuffled = [rows[place] for place in rng.permutation(len(rows)).tolist()]
        source = self._encoder.ids(serialized(by_head(shuffled), self._names))
        target = self.facts.passages.word_ids(passage)[: self.max_tokens - 1]
        ids = self.vocabulary.wrap(source[: self.max_tokens - 2])
        return plain_sequence(ids, decoder_targets=np.append(target, self.vocabulary.end))

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.facts.indptr))

    @cached_property
    def _names(self) -> GraphNames:
        return GraphNames(self.facts.graph)

    @cached_property
    def _encoder(self) -> PieceEncoder:
        return PieceEncoder(self.vocabulary)
