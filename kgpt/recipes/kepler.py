"""KEPLER (Wang et al., 2021): masked text beside triples whose ends are read from their descriptions.

Differs from the paper:
- each distinct entity of a batch is encoded once (the release encodes six texts a triple);
- negatives are drawn anew at every step (there written to disk before), and `in_batch` takes them from the batch;
- the distance is of norm 2, as in the release (the paper says 1);
- the relation-conditioned and relation-description variants (KEPLER-Cond, -Rel) are not built;
- other scores than TransE can be chosen (`score`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture, PartSettings, TripleScorerSettings
from kgpt.model.triple_scorer import ScoreName
from kgpt.objectives import MASKED_LM, TRIPLE_SCORING, Objective
from kgpt.recipes.base import Count, Length, TrainingData, Weight, recipes, weighed
from kgpt.sequences import MaskedTextStream, WeightedStream
from kgpt.sequences.description_stream import DescriptionStream


@recipes.register("kepler")
@dataclass(frozen=True, kw_only=True, slots=True)
class Kepler:
    """Pre-training on text and on descriptions of triples' ends.

    Args:
        text_weight: the text's share of the tokens.
        triple_weight: the descriptions' share.
        num_negatives: false heads, and as many false tails, a triple.
        in_batch: negatives are other entities of the batch.
        score: `transe`, `distmult`, `complex` or `rotate`.
        margin: gamma of the distances' scores.
        max_tokens: of a passage.
        max_description_tokens: of a description (512 in the paper).
    """

    text_weight: Weight = 0.5
    triple_weight: Weight = 0.5
    num_negatives: Count = 1
    in_batch: bool = False
    score: ScoreName = "transe"
    margin: Weight = 4.0
    max_tokens: Length = 128
    max_description_tokens: Length = 64

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders."""
        return ("encoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """The scorer with a vector a relation."""
        del architecture
        return {"triple_scorer": TripleScorerSettings(score=self.score, margin=self.margin)}

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Masked text and described triples."""
        del architecture
        text = MaskedTextStream(passages=data.passages, vocabulary=data.vocabulary, max_tokens=self.max_tokens)
        triples = DescriptionStream(
            graph=data.graph,
            vocabulary=data.vocabulary,
            num_negatives=self.num_negatives,
            in_batch=self.in_batch,
            max_tokens=self.max_description_tokens,
        )
        mixed = {
            "text": WeightedStream(text, self.text_weight),
            "triples": WeightedStream(triples, self.triple_weight, "triples"),
        }
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Masked words and triple scoring, weight 1 each."""
        del architecture
        return (MASKED_LM, TRIPLE_SCORING)
