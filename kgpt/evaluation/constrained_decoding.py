"""A structure's grammar as a logits processor, for any Hugging Face encoder-decoder, greedy, sampling or beams."""

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor

from kgpt.sequences.structure_format import Words
from kgpt.sequences.structure_grammar import START, GraphNamesInWords, State, States, StructureGrammar

_DONE = frozenset({State("done")})


class StructureConstraint(LogitsProcessor):  # type: ignore[misc]
    """Lets through what the grammar allows; everything else gets minus infinity.

    Args:
        sources: the sentences' words, one a row of the encoder's batch.
        names: of the graph.
        max_new_words: what generation may write; a fact is never cut.
        rows_per_source: beams, or sequences returned for each source.
        num_given: words that the decoder begins with: its start, and one more where the model forces one.
        pad: fills rows that have ended.
    """

    def __init__(
        self,
        sources: Sequence[Words],
        names: GraphNamesInWords,
        *,
        max_new_words: int,
        rows_per_source: int = 1,
        num_given: int = 1,
        pad: int = 0,
    ) -> None:
        self._grammars = [StructureGrammar(source, names) for source in sources]
        self._max_words, self._num_given, self._pad = max_new_words, num_given, pad
        self._rows_per_source = rows_per_source
        self._known: dict[tuple[int, tuple[int, ...]], States] = {}

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """The scores of the next words, [rows, V], with those of words that may not follow at minus infinity."""
        if input_ids.shape[1] < self._num_given:
            return scores
        out = torch.full_like(scores, -torch.inf)
        budget = self._max_words - (input_ids.shape[1] - 1)
        for row, written in enumerate(input_ids[:, self._num_given :].tolist()):
            number = row // self._rows_per_source
            states = self._states(number, tuple(written))
            allowed = self._grammars[number].allowed(states, budget=budget) if states - _DONE else [self._pad]
            out[row, allowed] = scores[row, allowed]
        return out  # type: ignore[return-value]

    def _states(self, number: int, written: tuple[int, ...]) -> States:
        """The readings of what a row holds; a row that ended stays so."""
        if not written:
            return START
        key = (number, written)
        if key not in self._known:
            before = self._states(number, written[:-1])
            is_done = before == _DONE
            self._known[key] = _DONE if is_done else self._grammars[number].advance(before, written[-1])
        return self._known[key]
