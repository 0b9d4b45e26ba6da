"""LUKE (Yamada et al., 2020): masked words and entities, attention with queries of their own for every pair of kinds.

Differs from the paper:
- one stage of training instead of two (new weights first, then all);
- words are masked one by one instead of whole;
- the entity vocabulary is the run's graph (there the 500,000 most frequent entities);
- the entity's node has kgpt's kind embedding as its type, and the decoder's head is tied with a transform before it.

No triple is read, so an arm on a shuffled graph is the same training again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture, EntityAttentionSettings, MentionPositionSettings, Nodes, PartSettings
from kgpt.objectives import ENTITY_PREDICTION, MASKED_LM, Objective
from kgpt.recipes.base import Count, Length, Limit, TrainingData, recipes
from kgpt.sequences import WeightedStream
from kgpt.sequences.entity_node_stream import EntityNodeStream


@recipes.register("luke")
@dataclass(frozen=True, kw_only=True, slots=True)
class Luke:
    """Pre-training on text followed by its entities.

    Args:
        entity_size: width of an entity's row.
        max_tokens: words of a sequence.
        max_entities: entity nodes of a sequence.
        max_mention_tokens: longer mentions get no node.
    """

    entity_size: Limit = 256
    max_tokens: Length = 512
    max_entities: Count = 128
    max_mention_tokens: Count = 30

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders (BERT, RoBERTa)."""
        return ("encoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """Entity rows projected to the states' width, positions of mentions, entity-aware attention."""
        del architecture
        return {
            "nodes": Nodes(size=self.entity_size, relations=False),
            "mention_positions": MentionPositionSettings(),
            "entity_attention": EntityAttentionSettings(),
        }

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Text with entity nodes behind it."""
        del architecture
        text = EntityNodeStream(
            passages=data.passages,
            vocabulary=data.vocabulary,
            num_entities=data.graph.num_entities,
            max_tokens=self.max_tokens,
            max_entities=self.max_entities,
            max_mention_tokens=self.max_mention_tokens,
        )
        return {"text": WeightedStream(text, 1.0)}

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Masked words and masked entities, weight 1 each."""
        del architecture
        return (MASKED_LM, ENTITY_PREDICTION)
