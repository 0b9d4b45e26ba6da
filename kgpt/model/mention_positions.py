"""An entity node stands where its mention stands: at the mean of its words' positions (LUKE, Yamada et al., 2020, 3.1).

For backbones with learnt positions. The stock embedding adds the position that the node was given; this part adds the
difference to the mean. Shapes: B sequences, S nodes, D hidden, M mentions, P positions.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from kgpt.errors import ConfigError
from kgpt.model.base import ModelPart, Sizes, model_parts
from kgpt.model.family import first_position
from kgpt.model.mention import Mentions
from kgpt.sequences.batch import Batch


@model_parts.register("mention_positions")
@dataclass(frozen=True, kw_only=True, slots=True)
class MentionPositionSettings:
    """Settings of `MentionPositions`: none."""

    def build(self, sizes: Sizes) -> "MentionPositions":
        """The part, which has no weights."""
        del sizes
        return MentionPositions()


class MentionPositions(ModelPart):
    """Reads the backbone's position table."""

    def __init__(self) -> None:
        super().__init__()
        self._tables: list[nn.Embedding] = []
        self._offset = 0

    def attach(self, backbone: Any) -> None:
        """Find the position table.

        Raises:
            ConfigError: the backbone has none.
        """
        named = backbone.base_model.named_modules()
        self._tables = [one for name, one in named if name.endswith("position_embeddings")]
        if not self._tables or not isinstance(self._tables[0], nn.Embedding):
            raise ConfigError(
                f"backbone.family: mention positions need learnt positions (bert, roberta), found "
                f"{backbone.config.model_type}"
            )
        self._offset = first_position(backbone.config)

    def embed(self, batch: Batch, embedded_BSD: torch.Tensor) -> torch.Tensor:
        """Move every mention's entity node to the mean of its words' positions."""
        mentions = Mentions.of(batch)
        if not len(mentions):
            return embedded_BSD
        table_PD = self._tables[0].weight
        positions_BSD = table_PD[batch.positions + self._offset]
        own = positions_BSD[mentions.rows, mentions.places]
        moved = mentions.means(positions_BSD) - own
        return embedded_BSD.index_put((mentions.rows, mentions.places), moved.to(embedded_BSD.dtype), accumulate=True)
