"""The control: the text and the train questions, no graph.

Every gain of a knowledge recipe is measured against it at equal tokens, since text alone explains much of what is
often credited to the graph (SKILL, Moiseev et al., 2022, table 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture
from kgpt.objectives import MASKED_LM, SPAN_CORRUPTION, Objective
from kgpt.recipes.base import TrainingData, recipes
from kgpt.sequences import MaskedTextStream, SpanCorruptionStream, WeightedStream


@recipes.register("text_only")
@dataclass(frozen=True, kw_only=True, slots=True)
class TextOnly:
    """Masked words on an encoder, span corruption on an encoder-decoder.

    Args:
        text_weight: the text's share of the tokens.
        question_weight: the train questions' share (encoder-decoder only).
        max_tokens: longest text sequence.
        salient_prob: how often an encoder-decoder's text hides linked mentions instead of random spans.
    """

    text_weight: float = 0.9
    question_weight: float = 0.1
    max_tokens: int = 128
    salient_prob: float = 0.5

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Both."""
        return ("encoder", "encoder_decoder")

    @property
    def graph_nodes(self) -> bool:
        """Words only."""
        return False

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Text, and questions where there is a decoder to answer them."""
        if architecture == "encoder":
            masked = MaskedTextStream(passages=data.passages, vocabulary=data.vocabulary, max_tokens=self.max_tokens)
            return {"text": WeightedStream(masked, self.text_weight)}
        corrupted = SpanCorruptionStream(
            passages=data.passages,
            vocabulary=data.vocabulary,
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        return {"text": WeightedStream(corrupted, self.text_weight)} | data.question_streams(self.question_weight)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """One, by architecture."""
        return (MASKED_LM if architecture == "encoder" else SPAN_CORRUPTION,)
