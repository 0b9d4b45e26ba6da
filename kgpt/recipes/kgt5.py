"""KGT5 (Saxena et al., 2022) and KGT5-context (Kochsiek et al., 2023): link prediction as text.

Differs from the papers:
- the text and train questions of every arm join the mixture (there triples alone, questions in fine-tuning);
- entities of one label are told apart by description, then by id, as there; aliases are not used;
- no edge to a right answer stands in a context, whatever its relation (there the asked triple alone is left out);
- contexts hold 20 neighbours (there up to 100), in a fresh random order in every pass;
- AdamW with a cosine schedule instead of Adafactor at a constant rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture
from kgpt.objectives import SPAN_CORRUPTION, Objective
from kgpt.recipes.base import Length, Limit, Probability, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly
from kgpt.sequences import WeightedStream
from kgpt.sequences.link_stream import LinkStream


@recipes.register("kgt5")
@dataclass(frozen=True, kw_only=True, slots=True)
class Kgt5(WordRecipe):
    """Pre-training on queries for one end of a triple.

    Args:
        link_weight: the queries' share of the tokens.
        text_weight: the text's share.
        question_weight: the train questions' share.
        max_neighbors: lines of a query's context; 0 is KGT5, 100 the paper's KGT5-context.
        has_description: whether a context gives the entity's description.
        max_tokens: longest text sequence; queries may be four times as long.
        salient_prob: how often text hides linked mentions instead of random spans.
    """

    link_weight: Weight = 0.7
    text_weight: Weight = 0.2
    question_weight: Weight = 0.1
    max_neighbors: Limit = 20
    has_description: bool = True
    max_tokens: Length = 128
    salient_prob: Probability = 0.5

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoder-decoders."""
        return ("encoder_decoder",)

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Queries, and what the control reads."""
        links = LinkStream(
            graph=data.graph,
            vocabulary=data.vocabulary,
            max_neighbors=self.max_neighbors,
            has_description=self.has_description,
            max_tokens=4 * self.max_tokens,
        )
        text = TextOnly(
            text_weight=self.text_weight,
            question_weight=self.question_weight,
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        mixed = {"links": WeightedStream(links, self.link_weight, "triples"), **text.streams(data, architecture)}
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """What the decoder writes."""
        del architecture
        return (SPAN_CORRUPTION,)
