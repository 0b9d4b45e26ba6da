"""K-BERT (Liu et al., 2020): sentences with facts as branches, soft positions and a visible matrix.

Differs from the paper:
- pre-training reads the sentence trees too; there they come with fine-tuning only, by the same construction;
- branches stand behind the sentence instead of inside it, which attention cannot tell (positions and visibility say
  all); they are told from the trunk by these alone, not by a segment;
- which facts an entity brings is drawn anew at every pass (`choice: first` takes the first by tail and relation; in the
  release the choice hangs on Python's hash seed).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kgpt.model import Architecture
from kgpt.objectives import MASKED_LM, Objective
from kgpt.recipes.base import Length, Limit, TrainingData, WordRecipe, recipes
from kgpt.sequences import WeightedStream
from kgpt.sequences.sentence_tree_stream import SentenceTreeStream


@recipes.register("kbert")
@dataclass(frozen=True, kw_only=True, slots=True)
class KBert(WordRecipe):
    """Pre-training on sentence trees.

    Args:
        max_facts: branches a mention.
        choice: which facts, `first` or `random`.
        max_tokens: of trunk and branches.
        max_trunk_tokens: of the trunk.
    """

    max_facts: Limit = 2
    choice: Literal["first", "random"] = "random"
    max_tokens: Length = 192
    max_trunk_tokens: Length = 128

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders."""
        return ("encoder",)

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Sentence trees."""
        del architecture
        trees = SentenceTreeStream(
            passages=data.passages,
            graph=data.graph,
            vocabulary=data.vocabulary,
            max_tokens=self.max_tokens,
            max_trunk_tokens=self.max_trunk_tokens,
            max_facts=self.max_facts,
            choice=self.choice,
        )
        return {"trees": WeightedStream(trees, 1.0)}

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Masked words of the trunk."""
        del architecture
        return (MASKED_LM,)
