"""KELM's generator (Agarwal et al., 2021, section 3.3): triples in, the sentences that tell them out.

Differs from the paper:
- trained on the run's own aligned passages (there 5,000 steps on Wikipedia aligned with Wikidata, then 500 on WebNLG);
- a passage is written with all its sentences (there one sentence), and no pronoun is replaced before;
- AdamW with a cosine schedule instead of a constant 1e-3; text and train questions of every arm may join.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture
from kgpt.objectives import SPAN_CORRUPTION, Objective
from kgpt.recipes.base import Length, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly
from kgpt.sequences import WeightedStream
from kgpt.sequences.sentence_writing_stream import SentenceWritingStream


@recipes.register("kelm_generator")
@dataclass(frozen=True, kw_only=True, slots=True)
class KelmGenerator(WordRecipe):
    """Training a model that `kgpt verbalize --mode generator` writes with.

    Args:
        writing_weight: the share of triples to be written as sentences.
        text_weight: the text's share.
        question_weight: the train questions' share.
        max_tokens: longest sequence.
    """

    writing_weight: Weight = 1.0
    text_weight: Weight = 0.0
    question_weight: Weight = 0.0
    max_tokens: Length = 128

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoder-decoders."""
        return ("encoder_decoder",)

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Triples to write, and what the control reads."""
        writing = SentenceWritingStream(facts=data.facts, vocabulary=data.vocabulary, max_tokens=self.max_tokens)
        text = TextOnly(text_weight=self.text_weight, question_weight=self.question_weight, max_tokens=self.max_tokens)
        mixed = {"writing": WeightedStream(writing, self.writing_weight), **text.streams(data, architecture)}
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """What the decoder writes."""
        del architecture
        return (SPAN_CORRUPTION,)
