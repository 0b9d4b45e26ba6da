"""DeepStruct (Wang et al., 2022): sentences turned into their triples, typed entities, the relation of two mentions.

Differs from the paper:
- plain sequence-to-sequence instead of GLM's blank filling with two-dimensional positions;
- the sentences are the run's own corpus with the facts that alignment found in it (there T-REx, TEKGEN, KELM, ...);
- facts come in the order of their mentions; a name that holds one of the marks `( ) ;` is in no structure;
- of an entity's types the commonest is asked for;
- the text and train questions of every arm join the mixture; AdamW with a cosine schedule, one learning rate;
- a graph that is not the one the text was aligned with (the shuffled control) tells its own tail of every fact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from kgpt.model import Architecture
from kgpt.objectives import SPAN_CORRUPTION, Objective
from kgpt.recipes.base import Count, Length, Probability, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly
from kgpt.sequences import WeightedStream
from kgpt.sequences.structure_format import StructureFormat, StructureTask
from kgpt.sequences.structure_stream import StructureStream


@recipes.register("deepstruct")
@dataclass(frozen=True, kw_only=True, slots=True)
class DeepStruct(WordRecipe):
    """Pre-training on text-to-structure.

    Args:
        structure_weight: the structures' share of the tokens.
        text_weight: the text's share.
        question_weight: the train questions' share.
        dataset: what the prefix of a source calls the corpus.
        tasks: what is asked for: `triple`, `entity`, `relation`.
        max_facts: of one passage.
        max_tokens: longest text sequence; structures may be four times as long.
        label_smoothing: of the loss.
        salient_prob: how often text hides linked mentions instead of random spans.
    """

    structure_weight: Weight = 0.7
    text_weight: Weight = 0.2
    question_weight: Weight = 0.1
    dataset: str = "corpus"
    tasks: Annotated[tuple[StructureTask, ...], Field(min_length=1)] = ("triple", "entity", "relation")
    max_facts: Count = 16
    max_tokens: Length = 128
    label_smoothing: Probability = 0.1
    salient_prob: Probability = 0.5

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoder-decoders."""
        return ("encoder_decoder",)

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Structures, and what the control reads."""
        structures = StructureStream(
            facts=data.facts,
            form=StructureFormat(vocabulary=data.vocabulary, dataset=self.dataset, max_tokens=4 * self.max_tokens),
            tasks=self.tasks,
            max_facts=self.max_facts,
        )
        text = TextOnly(
            text_weight=self.text_weight,
            question_weight=self.question_weight,
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        mixed = {"structures": WeightedStream(structures, self.structure_weight), **text.streams(data, architecture)}
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """What the decoder writes, smoothed."""
        del architecture
        return (replace(SPAN_CORRUPTION, label_smoothing=self.label_smoothing),)
