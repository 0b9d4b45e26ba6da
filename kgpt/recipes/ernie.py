"""ERNIE (Zhang et al., 2019): entity vectors fused into masked text, noisy alignments to be denoised.

Differs from the paper:
- no next-sentence prediction (it was found to add nothing; Liu et al., 2019, section 4.2);
- fusion stands behind stock layers instead of in place of their feed-forward layers, so the backbone stays plain;
- a wrong entity is any of the graph's, there another of the batch;
- passages with fewer than five mentions are kept (`min_mentions: 5` is the paper's);
- entity vectors come from TransE on the run's own graph, trained when the arm starts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.errors import ConfigError
from kgpt.model import Architecture, EntityFusionSettings, PartSettings
from kgpt.objectives import ENTITY_ALIGNMENT, MASKED_LM, Objective
from kgpt.recipes.base import Count, Length, Limit, Probability, TrainingData, recipes
from kgpt.sequences import WeightedStream
from kgpt.sequences.aligned_entity_stream import AlignedEntityStream


@recipes.register("ernie")
@dataclass(frozen=True, kw_only=True, slots=True)
class Ernie:
    """Pre-training on text with aligned entities.

    Args:
        entity_size: width of an entity's vector.
        heads: of the entities' attention.
        fused_layers: after how many of the last layers words and entities are mixed (half in the paper).
        translation_epochs: passes of TransE over the graph.
        min_mentions: passages with fewer are left out.
        wrong_prob: a mention shows another entity.
        hidden_prob: a mention shows none.
        max_tokens: of a passage.
    """

    entity_size: Count = 100
    heads: Count = 4
    fused_layers: Count = 1
    translation_epochs: Limit = 50
    min_mentions: Limit = 1
    wrong_prob: Probability = 0.05
    hidden_prob: Probability = 0.15
    max_tokens: Length = 256

    def __post_init__(self) -> None:
        """Check that the heads share the width out.

        Raises:
            ConfigError: they do not.
        """
        if self.entity_size % self.heads:
            raise ConfigError(f"entity_size: {self.entity_size} is no multiple of the {self.heads} heads")

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders."""
        return ("encoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """Frozen entity vectors and the fusion."""
        del architecture
        fusion = EntityFusionSettings(
            size=self.entity_size,
            heads=self.heads,
            fused_layers=self.fused_layers,
            translation_epochs=self.translation_epochs,
        )
        return {"entity_fusion": fusion}

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Text with noisy alignments."""
        del architecture
        text = AlignedEntityStream(
            passages=data.passages,
            vocabulary=data.vocabulary,
            num_entities=data.graph.num_entities,
            max_tokens=self.max_tokens,
            min_mentions=self.min_mentions,
            wrong_prob=self.wrong_prob,
            hidden_prob=self.hidden_prob,
        )
        return {"text": WeightedStream(text, 1.0)}

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Masked words and aligned entities, weight 1 each."""
        del architecture
        return (MASKED_LM, ENTITY_ALIGNMENT)
