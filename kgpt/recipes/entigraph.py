"""EntiGraph (Yang et al., 2024): passages about entities, and about what joins two of them, beside replayed text.

Differs from the paper:
- no language model writes: the graph says what is so and templates say how, so a passage is short and states no more;
- pairs are joined by a path of up to two hops (there every pair of entities of one document);
- passages are written anew in every pass over the entities (there once, 455 M tokens);
- the replayed text is the run's own corpus (there general web text, a tenth of the tokens), and train questions join;
- encoders and encoder-decoders can be trained, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture
from kgpt.objectives import Objective
from kgpt.recipes.base import Count, Length, Probability, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly, language_modelling
from kgpt.sequences import WeightedStream
from kgpt.sequences.written_stream import ASKING, WrittenStream
from kgpt.verbalization.entity_passage import EntityPassages


@recipes.register("entigraph")
@dataclass(frozen=True, kw_only=True, slots=True)
class EntiGraph(WordRecipe):
    """Pre-training on passages written from the graph.

    Args:
        passage_weight: the passages' share of the tokens.
        text_weight: the replayed text's share.
        question_weight: the train questions' share (not on an encoder).
        pair_prob: how often a passage is about two entities.
        max_hops: of the path that joins them.
        max_triples: stated of one entity.
        max_tokens: longest sequence.
        salient_prob: how often an encoder-decoder hides mentions instead of random spans.
    """

    passage_weight: Weight = 0.7
    text_weight: Weight = 0.2
    question_weight: Weight = 0.1
    pair_prob: Probability = 0.5
    max_hops: Count = 2
    max_triples: Count = 6
    max_tokens: Length = 128
    salient_prob: Probability = 0.5

    @property
    def architectures(self) -> Sequence[Architecture]:
        """All."""
        return ("encoder", "encoder_decoder", "decoder")

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Passages, and what the control reads."""
        passages = WrittenStream(
            source=EntityPassages(
                graph=data.graph,
                pair_prob=self.pair_prob,
                max_hops=self.max_hops,
                max_triples=self.max_triples,
                kept_out=data.kept_out,
            ),
            vocabulary=data.vocabulary,
            asking=ASKING[architecture],
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        text = TextOnly(
            text_weight=self.text_weight,
            question_weight=self.question_weight,
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        mixed = {
            "passages": WeightedStream(passages, self.passage_weight, "triples"),
            **text.streams(data, architecture),
        }
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """That of text."""
        return (language_modelling(architecture),)
