"""The control: the text and the train questions, no graph.

Every gain of a knowledge recipe is measured against it at equal tokens, since text alone explains much of what is
often credited to the graph (SKILL, Moiseev et al., 2022, table 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture
from kgpt.objectives import CAUSAL_LM, MASKED_LM, SPAN_CORRUPTION, Objective
from kgpt.recipes.base import Length, Probability, Recipe, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.sequences import MaskedTextStream, SpanCorruptionStream, WeightedStream
from kgpt.sequences.causal_stream import CausalQuestionStream, CausalTextStream
from kgpt.sequences.stream import Stream


@recipes.register("text_only")
@dataclass(frozen=True, kw_only=True, slots=True)
class TextOnly(WordRecipe):
    """Masked words on an encoder, span corruption on an encoder-decoder, the next word on a decoder.

    Args:
        text_weight: the text's share of the tokens.
        question_weight: the train questions' share (not on an encoder).
        max_tokens: longest text sequence.
        salient_prob: how often an encoder-decoder's text hides linked mentions instead of random spans.
    """

    text_weight: Weight = 0.9
    question_weight: Weight = 0.1
    max_tokens: Length = 128
    salient_prob: Probability = 0.5

    @property
    def architectures(self) -> Sequence[Architecture]:
        """All."""
        return ("encoder", "encoder_decoder", "decoder")

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Text, and questions where there is a decoder to answer them."""
        text = WeightedStream(self._text(data, architecture), self.text_weight)
        mixed = {"text": text, **self._questions(data, architecture)}
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """One, by architecture."""
        return (language_modelling(architecture),)

    def _text(self, data: TrainingData, architecture: Architecture) -> Stream:
        passages, vocabulary = data.passages, data.vocabulary
        if architecture == "encoder":
            return MaskedTextStream(passages=passages, vocabulary=vocabulary, max_tokens=self.max_tokens)
        if architecture == "decoder":
            return CausalTextStream(passages=passages, vocabulary=vocabulary, max_tokens=self.max_tokens)
        return SpanCorruptionStream(
            passages=passages, vocabulary=vocabulary, max_tokens=self.max_tokens, salient_prob=self.salient_prob
        )

    def _questions(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        if architecture == "encoder" or not data.questions:
            return {}
        if architecture == "encoder_decoder":
            return data.question_streams(self.question_weight)
        prompted = CausalQuestionStream(questions=data.questions, vocabulary=data.vocabulary)
        return {"questions": WeightedStream(prompted, self.question_weight, "nothing")}


def without_graph(recipe: Recipe) -> TextOnly:
    """What a recipe's arm reads with its knowledge off: text alone, the train questions in the share they had."""
    settings = recipes.settings(recipe)
    weights = {name: float(value) for name, value in settings.items() if name.endswith("_weight")}
    asked = weights.get("question_weight", 0.0) / (sum(weights.values()) or 1.0)
    shared = {name: settings[name] for name in ("max_tokens", "salient_prob") if name in settings}
    return TextOnly(text_weight=1 - asked, question_weight=asked, **shared)


def language_modelling(architecture: Architecture) -> Objective:
    """What each architecture learns text by."""
    return {"encoder": MASKED_LM, "encoder_decoder": SPAN_CORRUPTION, "decoder": CAUSAL_LM}[architecture]
